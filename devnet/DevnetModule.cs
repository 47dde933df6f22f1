using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Devnet.World;

namespace PoA.Nostr.Devnet;

/// <summary>A Nostr network on this machine: what the embedded default stands on.</summary>
public static class DevnetModule
{
    /// <summary>Adds the devnet and lets Kestrel listen on its ports, on loopback only.</summary>
    public static void AddDevnet(this IHostApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(DevnetOptions.Section);
        builder.Services.AddOptions<DevnetOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<RelayOptions>().Bind(section.GetSection("Relay"))
            .PostConfigure<IOptions<DevnetOptions>>(
                (relay, devnet) => relay.Data = Path.Combine(devnet.Value.Data, "relay"))
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddRelay();
        builder.Services.AddHostedService<SeedWorld>();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<DevnetOptions>>(
            (kestrel, devnet) => kestrel.Listen(IPAddress.Loopback, devnet.Value.RelayPort));
    }

    /// <summary>The relay answers on its own port.</summary>
    public static void MapDevnet(this WebApplication app)
    {
        var relay = app.Services.GetRequiredService<RelayEndpoint>();
        var port = app.Services.GetRequiredService<IOptions<DevnetOptions>>().Value.RelayPort;
        app.UseWebSockets();
        app.Map("/", relay.HandleAsync).RequireHost($"*:{port}");
    }

    internal static void AddRelay(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => EventStore.Open(
            provider.GetRequiredService<IOptions<RelayOptions>>().Value, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EventStore>>()));
        services.AddSingleton<RelayEndpoint>();
    }
}
