using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Blossom;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Server;

/// <summary>
/// The Blossom server on a port of its own: strangers' bytes never share an origin, a route or a middleware with the
/// API. It shares the database, the clock, the log and the fetcher. It starts after the migrations.
/// </summary>
sealed class BlossomOrigin(
    NpgsqlDataSource db, SafeFetch fetch, TimeProvider clock, ILoggerFactory logs, IConfiguration settings,
    IOptions<ServerOptions> server) : IHostedService, IAsyncDisposable
{
    /// <summary>A token that names many blobs is long: one event of the largest size, in base64.</summary>
    const int HeaderBytesMax = 128 * 1024;

    WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var port = new Ports(server.Value.PortBase).Blossom;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddConfiguration(settings);
        builder.Configuration["Blossom:Folder"] ??= Path.Combine(server.Value.Data, "blobs");
        builder.Configuration["Blossom:PublicUrl"] ??= $"http://127.0.0.1:{port}";
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.Replace(ServiceDescriptor.Singleton(logs));
        builder.Services.AddSingleton(db).AddSingleton(fetch).AddSingleton(clock);
        builder.AddBlossom();

        _app = builder.Build();
        _app.MapBlossom();
        await _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
