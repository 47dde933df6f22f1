using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PoA.Nostr.Fetch;
using PoA.Nostr.Nsite.Gateway;
using PoA.Nostr.Nsite.Storefront;
using PoA.Nostr.Relays;

namespace PoA.Nostr.Server;

/// <summary>
/// The gateway on a port of its own: strangers' sites never share an origin, a route or a middleware with the API. It
/// shares the relays, the clock, the log and the fetcher.
/// </summary>
sealed class GatewayOrigin(IServiceProvider shared, IOptions<ServerOptions> server) : IHostedService, IAsyncDisposable
{
    const int HeaderBytesMax = 16 * 1024;

    WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddConfiguration(shared.GetRequiredService<IConfiguration>());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(IPAddress.Loopback, new Ports(server.Value.PortBase).Gateway);
        });
        builder.Services.Replace(ServiceDescriptor.Singleton(shared.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(shared.GetRequiredService<TimeProvider>());
        builder.Services.AddSingleton(shared.GetRequiredService<IEventFinder>());
        builder.Services.AddSingleton(shared.GetRequiredService<SafeFetch>());
        builder.Services.AddSingleton(shared.GetRequiredService<RelayPool>());
        builder.Services.AddSingleton(shared.GetRequiredService<StorefrontSource>());
        builder.AddGateway();

        _app = builder.Build();
        _app.MapGateway();
        await _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
