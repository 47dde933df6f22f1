using Microsoft.AspNetCore.Http;
using PoA.Nostr.Server;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>
/// The whole service on two relays in every role, the devnet's own and npm's @nostr-relay, with somebody's web server
/// beside it.
/// </summary>
public sealed class MarketOnTwoRelays : IAsyncLifetime
{
    readonly TemporaryFolder _home = new();
    readonly TaskCompletionSource _slowFile = new();
    LoopbackServer _web = null!;
    NodePeer _npm = null!;
    Support.Poa _poa = null!;

    public IReadOnlyList<AgentLine> Agents => _poa.Status.Agents;

    /// <summary>"devnet" or "npm".</summary>
    public string Relay(string name) => name == "npm" ? _npm.Ready.Text("url") : _poa.Status.Relay!;

    public IEnumerable<string> Relays => [Relay("devnet"), Relay("npm")];

    public string Agent(int kind) => Agents.Single(agent => agent.Kinds.Contains(kind)).Pubkey;

    /// <summary>A file without malware, at an address that the service may fetch.</summary>
    public string CleanFile => new Uri(_web.Url, "/clean.txt").ToString();

    /// <summary>A file of which nothing comes until the end.</summary>
    public string EndlessFile => new Uri(_web.Url, "/endless.txt").ToString();

    public async ValueTask InitializeAsync()
    {
        _web = await LoopbackServer.StartAsync(AnswerAsync);
        _npm = await Node.StartAsync("npm-relay.mjs");
        _poa = new() { Home = _home.Path, Settings = { ["Fetch__AllowedEndpoints__90"] = _web.Endpoint } };
        var own = $"ws://127.0.0.1:{Ports.FreeFrom(_poa.PortBase).Relay}";
        await File.WriteAllTextAsync(Path.Combine(_home.Path, "relays.json"), RelaysJson(own, Relay("npm")));
        await _poa.InitializeAsync();
        Assert.Equal(own, _poa.Status.Relay);
    }

    public async ValueTask DisposeAsync()
    {
        _slowFile.TrySetResult();
        await _poa.DisposeAsync();
        await _npm.DisposeAsync();
        await _web.DisposeAsync();
        _home.Dispose();
    }

    Task AnswerAsync(HttpContext http) => http.Request.Path == "/clean.txt"
        ? http.Response.WriteAsync("Nothing but words.")
        : _slowFile.Task.WaitAsync(http.RequestAborted);

    static string RelaysJson(params IEnumerable<string> urls)
    {
        var relays = urls.Select(url => $$"""{"url":"{{url}}","roles":["jobs","announce","index","outbox"]}""");
        return $$"""{"relays":[{{string.Join(',', relays)}}]}""";
    }
}
