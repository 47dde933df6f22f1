using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Devnet.Mint;
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
        builder.Services.AddOptions<MintOptions>().Bind(section.GetSection("Mint"))
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(OpenMint);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<DevnetOptions>>((kestrel, devnet) =>
        {
            var ports = devnet.Value;
            int[] all = [ports.RelayPort, ports.MintPort, ports.FaucetPort];
            foreach (var port in all) kestrel.Listen(IPAddress.Loopback, port);
        });
    }

    /// <summary>Each part answers on its own port.</summary>
    public static void MapDevnet(this WebApplication app)
    {
        var relay = app.Services.GetRequiredService<RelayEndpoint>();
        var mint = app.Services.GetRequiredService<DevnetMint>();
        var ports = app.Services.GetRequiredService<IOptions<DevnetOptions>>().Value;
        app.UseWebSockets();
        app.Map("/", relay.HandleAsync).RequireHost($"*:{ports.RelayPort}");
        mint.MapMint(app.MapGroup("").RequireHost($"*:{ports.MintPort}"));
        mint.MapFaucet(app.MapGroup("").RequireHost($"*:{ports.FaucetPort}"));
    }

    static DevnetMint OpenMint(IServiceProvider services)
    {
        var devnet = services.GetRequiredService<IOptions<DevnetOptions>>().Value;
        return new(
            Path.Combine(devnet.Data, "mint"), services.GetRequiredService<IOptions<MintOptions>>().Value,
            services.GetRequiredService<TimeProvider>())
        {
            Url = $"http://127.0.0.1:{devnet.MintPort}",
            FaucetUrl = $"http://127.0.0.1:{devnet.FaucetPort}",
        };
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
