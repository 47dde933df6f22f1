using System.Text.Json;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>The devnet relay as nostr-tools and ws see it.</summary>
[Suite("interop")]
public sealed class RelayProbeTests : IDisposable
{
    const int Checks = 47;
    readonly TemporaryFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_devnet_relay_passes_every_check_of_the_probe()
    {
        await using var relay = await DevnetRelay.StartAsync(new() { Data = _folder.Path }, Ct);

        var lines = await Node.RunAsync("relay-probe.mjs", [relay.Url], ct: Ct);

        var failed = lines.Where(line => line.TryGetProperty("pass", out var pass) && !pass.GetBoolean());
        Assert.Empty(failed.Select(line => line.GetRawText()));
        Assert.Equal(Checks, lines[^1].GetProperty("passed").GetInt32());
    }

    [Fact]
    public async Task The_probe_tells_a_relay_that_differs()
    {
        await using var peer = await Node.StartAsync("npm-relay.mjs", ct: Ct);

        var lines = await Node.RunAsync("relay-probe.mjs", [peer.Ready.GetProperty("url").GetString()!], ct: Ct);

        var failed = lines.Where(line => line.TryGetProperty("pass", out var pass) && !pass.GetBoolean())
            .Select(line => line.GetProperty("check").GetString());
        Assert.Contains("kind 65536 is refused", failed);
        Assert.Equal(Checks, Total(lines[^1]));
    }

    static int Total(JsonElement tally) =>
        tally.GetProperty("passed").GetInt32() + tally.GetProperty("failed").GetInt32();
}
