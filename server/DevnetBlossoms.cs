using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Server;

/// <summary>
/// The Blossom servers of other people on a devnet, so that mirrors are real: each with its own bytes and a database
/// of its own beside the service's. The relay does not wait for them, and they wait for PostgreSQL.
/// </summary>
sealed partial class DevnetBlossoms(
    IServiceProvider shared, IConfiguration settings, IOptions<ServerOptions> server, ILogger<DevnetBlossoms> log)
    : BackgroundService, IHealthCheck
{
    const int ConnectionsMax = 10;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    int _starting = 2;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_starting > 0 ? HealthCheckResult.Unhealthy("starting") : HealthCheckResult.Healthy("listen"));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var ports = new Ports(server.Value.PortBase);
        await Task.WhenAll(
            RunAsync("blossom-1", ports.DevnetBlossom, stoppingToken),
            RunAsync("blossom-2", ports.DevnetBlossomTwo, stoppingToken));
    }

    async Task RunAsync(string name, int port, CancellationToken ct)
    {
        await using var db = await DatabaseAsync(name, ct);
        var origin = new BlossomOrigin(port, Path.Combine(server.Value.Data, name), db);
        await using var app = await origin.StartAsync(shared, ct);
        Interlocked.Decrement(ref _starting);
        await app.WaitForShutdownAsync(ct);
    }

    /// <summary>Once PostgreSQL answers, however long that takes.</summary>
    async Task<NpgsqlDataSource> DatabaseAsync(string name, CancellationToken ct)
    {
        var service = new NpgsqlConnectionStringBuilder(settings.GetConnectionString("Postgres"));
        var own = new NpgsqlConnectionStringBuilder(service.ConnectionString)
        {
            Database = $"{service.Database}_{name.Replace('-', '_')}",
            MaxPoolSize = ConnectionsMax,
        };
        while (true)
        {
            var db = new NpgsqlDataSourceBuilder(own.ConnectionString) { Name = name }.Build();
            try
            {
                await CreateAsync(service, own.Database!, ct);
                await Migrator.RunAsync(db, [typeof(Blossom.BlossomModule).Assembly], ct);
                return db;
            }
            catch (NpgsqlException e)
            {
                await db.DisposeAsync();
                LogNotYet(name, e.Message);
            }

            await Task.Delay(Patience, ct);
        }
    }

    static async Task CreateAsync(NpgsqlConnectionStringBuilder service, string database, CancellationToken ct)
    {
        await using var db = NpgsqlDataSource.Create(service.ConnectionString);
        if (await db.OneAsync<bool>(SelectExists, new { database }, ct)) return;
        await db.RunAsync($"create database \"{database}\"", null, ct);
    }

    const string SelectExists = "select exists (select from pg_database where datname = @database)";

    [LoggerMessage(LogLevel.Warning, "The devnet's {Name} has no database yet: {Reason}")]
    partial void LogNotYet(string name, string reason);
}
