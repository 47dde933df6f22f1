using System.Net;
using System.Net.Sockets;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Devnet.Relay;

/// <summary>The relay as its clients see it.</summary>
public sealed class DevnetRelayTests : IAsyncLifetime, IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly SecretKey _key = SecretKey.Generate();
    DevnetRelay _relay = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public async ValueTask InitializeAsync() =>
        _relay = await DevnetRelay.StartAsync(new() { Data = _folder.Path }, Ct);

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_published_is_served_again_after_a_restart_and_known_as_a_duplicate()
    {
        var note = _key.Sign(new(1, Now, [["t", "x"]], "hello \"there\"\n\u0001"));
        await using (var client = await RelayClient.ConnectAsync(_relay.Url, Ct))
        {
            Assert.Equal((true, ""), await client.PublishAsync(note, Ct));
        }

        await _relay.DisposeAsync();
        _relay = await DevnetRelay.StartAsync(new() { Data = _folder.Path }, Ct);
        await using var again = await RelayClient.ConnectAsync(_relay.Url, Ct);

        var served = Assert.Single(await again.QueryAsync("""{"#t":["x"]}""", Ct));
        Assert.Equal(RelayClient.Json(note), RelayClient.Json(served));
        var (accepted, reason) = await again.PublishAsync(note, Ct);
        Assert.True(accepted);
        Assert.StartsWith("duplicate:", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_live_event_reaches_whoever_asked_and_once()
    {
        await using var reader = await RelayClient.ConnectAsync(_relay.Url, Ct);
        await using var writer = await RelayClient.ConnectAsync(_relay.Url, Ct);
        await reader.SendAsync("""["REQ","s",{"kinds":[1]},{"#t":["y"]}]""", Ct);
        await reader.ReadAsync("EOSE", Ct);
        var note = _key.Sign(new(1, Now, [["t", "y"]], "both filters"));
        var other = _key.Sign(new(2, Now, [["t", "y"]], "one filter"));

        await writer.PublishAsync(note, Ct);
        await writer.PublishAsync(_key.Sign(new(2, Now, [["t", "z"]], "none")), Ct);
        await writer.PublishAsync(other, Ct);

        Assert.Equal(note.Id, RelayClient.Event(await reader.ReadAsync("EVENT", Ct)).Id);
        Assert.Equal(other.Id, RelayClient.Event(await reader.ReadAsync("EVENT", Ct)).Id);
    }

    [Fact]
    public async Task Who_answers_no_ping_is_cut_off_and_who_only_has_nothing_to_say_is_not()
    {
        await using var relay = await DevnetRelay.StartAsync(
            new() { Data = _folder["pinging"], PingInterval = TimeSpan.FromSeconds(5) }, Ct);
        await using var quiet = await RelayClient.ConnectAsync(relay.Url, Ct);
        using var deaf = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await deaf.ConnectAsync(IPAddress.Loopback, relay.Port, Ct);
        await deaf.SendAsync(Upgrade.ToArray(), Ct);

        try
        {
            while (await deaf.ReceiveAsync(new byte[1_024], Ct) > 0) continue;
        }
        catch (SocketException)
        {
            // Cut off without a word.
        }

        Assert.Empty(await quiet.QueryAsync("{}", Ct));
    }

    static ReadOnlySpan<byte> Upgrade =>
        "GET / HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"u8
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"u8;
}
