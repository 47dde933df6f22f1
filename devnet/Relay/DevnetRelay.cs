using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>A relay of its own in this process, on a free port of loopback. Disposing it keeps its data.</summary>
public sealed class DevnetRelay : IAsyncDisposable
{
    readonly WebApplication _app;

    DevnetRelay(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Where clients connect: <c>ws://127.0.0.1:port</c>.</summary>
    public string Url => $"ws://127.0.0.1:{Port}";

    /// <summary>Starts a relay that is ready when this returns.</summary>
    /// <param name="options">Where its data lies and what it accepts.</param>
    /// <param name="ct">Gives up the start.</param>
    /// <param name="port">0 for any that is free.</param>
    public static async Task<DevnetRelay> StartAsync(RelayOptions options, CancellationToken ct, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddLogging();
        builder.Services.AddRelay();
        builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(options));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(app.Services.GetRequiredService<RelayEndpoint>().HandleAsync);
        await app.StartAsync(ct);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new(app, new Uri(addresses.Addresses.First()).Port);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
