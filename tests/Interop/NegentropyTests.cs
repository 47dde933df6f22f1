using System.Text.Json;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>The devnet relay's NIP-77 against nostr-tools' client.</summary>
[Suite("interop")]
public sealed class NegentropyTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 900, 0)]
    [InlineData(600, 40, 25)]
    [InlineData(30, 1, 2)]
    [InlineData(200, 0, 0)]
    public async Task Nostr_tools_finds_what_either_side_lacks(int shared, int relayOnly, int clientOnly)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var relay = await DevnetRelay.StartAsync(new() { Data = _folder.Path }, ct);
        using var key = SecretKey.Generate();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var all = Enumerable.Range(0, shared + relayOnly + clientOnly)
            .Select(i => key.Sign(new(5_100, now - (i % 97), [["t", "sync"]], $"event {i}"))).ToList();
        var known = all[..shared];
        var (lacking, extra) = (all[shared..(shared + relayOnly)], all[(shared + relayOnly)..]);
        await using (var client = await RelayClient.ConnectAsync(relay.Url, ct))
        {
            foreach (var e in known.Concat(lacking)) await client.SendEventAsync(e, ct);
            foreach (var _ in known.Concat(lacking)) await client.ReadAsync("OK", ct);
        }

        var set = string.Join(',', known.Concat(extra).Select(RelayClient.Json));
        var stdin = $$"""{"relay":"{{relay.Url}}","filter":{"#t":["sync"]},"events":[{{set}}]}""";
        var answer = Assert.Single(await Node.RunAsync("negentropy.mjs", stdin: stdin + "\n", ct: ct));

        Assert.Equal(extra.Select(e => e.Id).Order(), Ids(answer, "have"));
        Assert.Equal(lacking.Select(e => e.Id).Order(), Ids(answer, "need"));
    }

    static IEnumerable<string> Ids(JsonElement answer, string name) =>
        answer.GetProperty(name).EnumerateArray().Select(id => id.GetString()!).Distinct().Order();
}
