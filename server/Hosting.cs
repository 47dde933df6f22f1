using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Fetch;
using PoA.Nostr.Market;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Payments.Lnurl;
using PoA.Nostr.RelayWorkers;

namespace PoA.Nostr.Server;

/// <summary>What every role stands on: settings, secrets, the database, health, metrics, problems over HTTP.</summary>
static class Hosting
{
    /// <summary>Settings, clock, problems and health; nothing that listens or connects.</summary>
    public static void AddHouse(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(ServerOptions.Section).Get<ServerOptions>() ?? new();
        Secrets.Load(builder.Configuration, options);
        if (builder.Configuration[Secrets.PlatformKey] is { } platform)
        {
            builder.Services.AddKeyedSingleton<ISigner>("platform", new LocalSigner(SecretKey.FromHex(platform)));
        }

        builder.Configuration.AddRelayList(RelayList.File);
        builder.Services.AddSingleton(Options.Create(options));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddProblemDetails().AddExceptionHandler<ProblemHttp>();
        builder.Services.AddHealthChecks();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        });
    }

    /// <summary>The database, pooled and direct, migrated before anything else starts.</summary>
    public static void AddDatabase(this WebApplicationBuilder builder)
    {
        var pooled = builder.Configuration.GetConnectionString("Postgres")
            ?? throw new ProblemException(ServerProblems.DatabaseMissing);
        var direct = builder.Configuration.GetConnectionString("PostgresDirect") ?? pooled;
        builder.Services.AddSingleton(_ => Source("pooled", pooled));
        builder.Services.AddSingleton(_ => new DirectDatabase(Source("direct", direct)));
        builder.Services.AddHostedService<PrepareDatabase>();
        builder.Services.AddNotifications();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("postgres");
    }

    /// <summary>Two Blossom servers that are not ours; the devnet is ready when they are.</summary>
    public static void AddDevnetBlossoms(this WebApplicationBuilder builder)
    {
        builder.Services.AddSafeFetch().AddSingleton<DevnetBlossoms>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DevnetBlossoms>());
        builder.Services.AddHealthChecks().AddCheck<DevnetBlossoms>("blossoms");
    }

    /// <summary>Named, since its metrics carry the connection string otherwise, password included.</summary>
    static NpgsqlDataSource Source(string name, string connection) =>
        new NpgsqlDataSourceBuilder(connection) { Name = name }.Build();

    /// <summary>The API's port and the metrics' port, on loopback.</summary>
    public static void Listen(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            var options = kestrel.ApplicationServices.GetRequiredService<IOptions<ServerOptions>>().Value;
            var ports = new Ports(options.PortBase);
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, ports.Api);
            kestrel.Listen(IPAddress.Loopback, ports.Metrics);
        });
        builder.Services.AddSingleton<MetricsText>();
    }

    /// <summary>/healthz: the process lives. /readyz: everything it needs answers.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.Use(OnItsPortAsync);
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/readyz", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    /// <summary>What strangers ask over HTTP, on the API's port only.</summary>
    public static void MapApi(this WebApplication app)
    {
        var ports = new Ports(app.Services.GetRequiredService<IOptions<ServerOptions>>().Value.PortBase);
        var api = app.MapGroup("").WithMetadata(new OnPort(ports.Api));
        api.MapLnurl();
        api.MapMarket();
    }

    public static void MapMetrics(this WebApplication app)
    {
        var text = app.Services.GetRequiredService<MetricsText>();
        var ports = new Ports(app.Services.GetRequiredService<IOptions<ServerOptions>>().Value.PortBase);
        app.MapGet("/metrics", () => Results.Text(text.Write(), "text/plain; version=0.0.4"))
            .WithMetadata(new OnPort(ports.Metrics));
    }

    /// <summary>
    /// By the port that was connected to: what a request calls its host is a proxy's or a stranger's word.
    /// </summary>
    static Task OnItsPortAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<OnPort>() is not { } only
            || only.Port == http.Connection.LocalPort)
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>An endpoint that is served on one of our ports alone.</summary>
    sealed record OnPort(int Port);

    static Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "application/json";
        var agents = http.RequestServices.GetService<AgentDirectory>()?.All ?? [];
        var body = new Readiness(
            report.Status == HealthStatus.Healthy,
            report.Entries.ToDictionary(
                entry => entry.Key, entry => entry.Value.Description ?? entry.Value.Status.ToString()),
            [.. agents.Select(AgentLine.Of)]);
        return JsonSerializer.SerializeAsync(http.Response.Body, body, StatusJson.Default.Readiness);
    }
}
