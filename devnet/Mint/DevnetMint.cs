using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PoA.Nostr.Devnet.Lightning;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>
/// A mint, its Lightning network and the faucet, in this process. Without a folder nothing is kept. Disposing it keeps
/// what is in the folder.
/// </summary>
public sealed class DevnetMint : IAsyncDisposable
{
    readonly MintOptions _options;
    readonly TimeProvider _clock;
    readonly CashuMint _mint;
    readonly bool _ownsNetwork;
    WebApplication? _app;
    WebApplication? _faucet;

    /// <summary>Opens what the folder holds. It listens nowhere: the host maps its routes.</summary>
    internal DevnetMint(string? folder, MintOptions options, TimeProvider clock, LightningNetwork? network = null)
    {
        (_options, _clock, _ownsNetwork) = (options, clock, network is null);
        Network = network ?? new(folder, clock);
        _mint = new(new(folder, options), Network, options, clock);
    }

    /// <summary>Where wallets find the mint: what stands in its tokens.</summary>
    public string Url { get; internal set; } = "";

    /// <summary>Who gives play money and pays the mint's invoices: its contact in <c>/v1/info</c>.</summary>
    public string FaucetUrl { get; internal set; } = "";

    public LightningNetwork Network { get; }

    public MintFaults Faults { get; } = new();

    /// <summary>Starts a mint that is ready when this returns.</summary>
    /// <param name="folder">Where it is kept, or null.</param>
    /// <param name="options">What it is like.</param>
    /// <param name="clock">For expiries and lock times.</param>
    /// <param name="ct">Gives up the start.</param>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="network">Another mint's, whose owner disposes of it; else it has one of its own.</param>
    public static async Task<DevnetMint> StartAsync(
        string? folder, MintOptions options, TimeProvider clock, CancellationToken ct, int port = 0,
        LightningNetwork? network = null)
    {
        var mint = new DevnetMint(folder, options, clock, network);
        mint._app = await ListenAsync(mint.MapMint, port, ct);
        mint._faucet = await ListenAsync(mint.MapFaucet, 0, ct);
        mint.Url = mint._app.Urls.Single();
        mint.FaucetUrl = mint._faucet.Urls.Single();
        return mint;
    }

    /// <summary>A bare token from the faucet.</summary>
    public string Token(long sat) => FaucetToken.Make(_mint, Network, Url, (ulong)sat);

    /// <summary>Makes a new keyset active and returns its id.</summary>
    /// <param name="version">0 or 1 (NUT-02).</param>
    /// <param name="inputFeePpk">Of the new one.</param>
    /// <param name="finalExpiry">Unix time, or never.</param>
    public string Rotate(int version = 1, int inputFeePpk = 0, long? finalExpiry = null) =>
        _mint.Books.Rotate(version, inputFeePpk, finalExpiry).Id;

    /// <summary>What the mint owes: issued less spent, in sats, as its own books say.</summary>
    public ulong OutstandingSat => _mint.Books.Outstanding;

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        foreach (var app in new[] { _app, _faucet }.OfType<WebApplication>())
        {
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }

        _mint.Dispose();
        if (_ownsNetwork) Network.Dispose();
    }

    /// <summary>The mint, and on the same port the Lightning addresses of people who are not us.</summary>
    internal void MapMint(IEndpointRouteBuilder routes)
    {
        AddressServer.Map(routes, Network, () => Url);
        MintForms forms = new(_mint.Books, _options, _clock, () => FaucetUrl);
        new MintEndpoint(_mint, forms, Faults, _options, _clock).Map(routes);
    }

    internal void MapFaucet(IEndpointRouteBuilder routes) =>
        new Faucet(_mint, Network, Faults, () => Url).Map(routes);

    static async Task<WebApplication> ListenAsync(Action<IEndpointRouteBuilder> map, int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseWebSockets();
        app.UseRouting();
        map(app);
        app.UseEndpoints(_ => { });
        await app.StartAsync(ct);
        return app;
    }
}
