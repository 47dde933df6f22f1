using Microsoft.Extensions.DependencyInjection;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nsite;

/// <summary>Where a site's files come from, what is believed of them, and what strangers can cost us.</summary>
public sealed class GatewayFetchTests : IAsyncLifetime
{
    readonly SecretKey _key = SecretKey.Generate();
    BlobsAtHand _blobs = null!;

    string Host => $"{Nip5AWords.RootLabel(_key.Pubkey)}.localhost";

    public async ValueTask InitializeAsync() => _blobs = await BlobsAtHand.StartAsync();

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return _blobs.DisposeAsync();
    }

    [Fact]
    public async Task A_file_with_another_hash_is_never_shown()
    {
        await using var gateway = await GatewayPeer.StartAsync([_blobs.Endpoint]);
        var sha256 = _blobs.Put("what was signed");
        gateway.Relays.Add(Given.Manifest(_key, [new("/index.html", sha256)], [_blobs.Url]));
        _blobs.Swap(sha256, "what somebody else put there");

        var (status, body) = await gateway.ReadAsync(Host, "/");

        Assert.Equal(502, status);
        Assert.DoesNotContain("somebody else", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_lies_or_dawdles_is_passed_over_for_the_next()
    {
        await using var liar = await BlobsAtHand.StartAsync();
        await using var hung = await BlobsAtHand.StartAsync();
        liar.Instead = http => http.Response.Body.WriteAsync("something else"u8.ToArray()).AsTask();
        hung.Instead = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        await using var gateway = await GatewayPeer.StartAsync(
            [_blobs.Endpoint, liar.Endpoint, hung.Endpoint], new() { ["NextServerAfter"] = "00:00:00.050" });
        string[] servers = [liar.Url, hung.Url, _blobs.Url];
        gateway.Relays.Add(Given.Manifest(_key, [new("/index.html", _blobs.Put("right"))], servers));

        Assert.Equal((200, "right"), await gateway.ReadAsync(Host, "/"));
        Assert.Equal((1, 1), (liar.Asked, hung.Asked));
    }

    [Fact]
    public async Task What_was_fetched_once_is_served_by_its_hash_from_then_on()
    {
        await using var gateway = await GatewayPeer.StartAsync([_blobs.Endpoint]);
        var same = new SiteFile("/index.html", _blobs.Put("the page"));
        gateway.Relays.Add(Given.Manifest(_key, [same, same with { Path = "/copy.html" }], [_blobs.Url]));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            gateway.ReadAsync(Host, i % 2 == 0 ? "/" : "/copy.html")));

        Assert.All(answers, answer => Assert.Equal((200, "the page"), answer));
        Assert.Equal(1, _blobs.Asked);
    }

    [Fact]
    public async Task A_server_on_a_private_address_is_not_asked()
    {
        await using var gateway = await GatewayPeer.StartAsync([]);
        var file = new SiteFile("/index.html", _blobs.Put("inside"));
        string[] servers = [_blobs.Url, _blobs.Url.Replace("127.0.0.1", "[::ffff:127.0.0.1]", default), "file:///etc"];
        gateway.Relays.Add(Given.Manifest(_key, [file], servers));

        Assert.Equal(502, (await gateway.ReadAsync(Host, "/")).Status);
        Assert.Equal(0, _blobs.Asked);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_not_taken()
    {
        await using var gateway = await GatewayPeer.StartAsync(
            [_blobs.Endpoint], new() { ["FileBytesMax"] = "1000" });
        var (most, more) = (_blobs.Put(new string('a', 1_000)), _blobs.Put(new string('b', 1_001)));
        gateway.Relays.Add(Given.Manifest(_key, [new("/a.txt", most), new("/b.txt", more)], [_blobs.Url]));

        Assert.Equal(200, (await gateway.ReadAsync(Host, "/a.txt")).Status);
        Assert.Equal(502, (await gateway.ReadAsync(Host, "/b.txt")).Status);
    }

    [Fact]
    public async Task A_server_that_never_ends_is_left_when_its_time_is_up()
    {
        await using var gateway = await GatewayPeer.StartAsync(
            [_blobs.Endpoint], new() { ["FetchMax"] = "00:00:00.300" });
        _blobs.Instead = async http =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync("drip"u8.ToArray(), http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(20, http.RequestAborted);
            }
        };
        gateway.Relays.Add(Given.Manifest(_key, [new("/index.html", new('a', 64))], [_blobs.Url]));

        Assert.Equal(502, (await gateway.ReadAsync(Host, "/")).Status);
    }

    [Fact]
    public async Task One_author_keeps_no_more_than_a_few_fetches_busy()
    {
        await using var gateway = await GatewayPeer.StartAsync([_blobs.Endpoint], new() { ["FetchesOfOneMax"] = "2" });
        var go = new TaskCompletionSource();
        _blobs.Instead = async http =>
        {
            await go.Task.WaitAsync(http.RequestAborted);
            http.Response.StatusCode = 404;
        };
        var files = Enumerable.Range(0, 3).Select(i => new SiteFile($"/{i}.txt", new((char)('a' + i), 64)));
        gateway.Relays.Add(Given.Manifest(_key, files, [_blobs.Url]));

        var asked = Enumerable.Range(0, 3).Select(i => gateway.GetAsync(Host, $"/{i}.txt")).ToList();
        using var first = await await Task.WhenAny(asked);
        go.SetResult();
        var statuses = (await Task.WhenAll(asked)).Select(answer => (int)answer.StatusCode).Order();

        Assert.Equal(503, (int)first.StatusCode);
        Assert.NotNull(first.Headers.RetryAfter);
        Assert.Equal([502, 502, 503], statuses);
    }

    [Fact]
    public async Task A_site_that_nobody_knows_is_not_looked_for_again_at_once()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        await using var gateway = await GatewayPeer.StartAsync([_blobs.Endpoint], clock: clock);
        Assert.Equal(404, (await gateway.ReadAsync(Host, "/")).Status);
        var asked = gateway.Relays.Asked;
        gateway.Relays.Add(Given.Manifest(_key, [new("/index.html", _blobs.Put("here now"))], [_blobs.Url]));

        Assert.Equal(404, (await gateway.ReadAsync(Host, "/")).Status);
        Assert.Equal(asked, gateway.Relays.Asked);

        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal((200, "here now"), await gateway.ReadAsync(Host, "/"));
    }

    [Fact]
    public async Task A_new_manifest_is_seen_after_a_while_and_an_older_one_never()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        await using var gateway = await GatewayPeer.StartAsync([_blobs.Endpoint], clock: clock);
        gateway.Relays.Add(Manifest("one", createdAt: 10));
        Assert.Equal((200, "one"), await gateway.ReadAsync(Host, "/"));
        gateway.Relays.Add(Manifest("two", createdAt: 20), Manifest("zero", createdAt: 5));

        Assert.Equal((200, "one"), await gateway.ReadAsync(Host, "/"));
        clock.Advance(TimeSpan.FromSeconds(31));
        await gateway.ReadAsync(Host, "/");

        Assert.Equal((200, "two"), await gateway.ReadAsync(Host, "/"));
    }

    [Fact]
    public async Task A_site_outlives_relays_that_forget_it_for_a_while()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        await using var gateway = await GatewayPeer.StartAsync([_blobs.Endpoint], clock: clock);
        gateway.Relays.Add(Manifest("still here", createdAt: 10));
        await gateway.ReadAsync(Host, "/");
        gateway.Relays.Clear();

        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((200, "still here"), await gateway.ReadAsync(Host, "/"));
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(404, (await gateway.ReadAsync(Host, "/")).Status);
    }

    [Fact]
    public async Task A_flood_of_unknown_names_does_not_become_a_flood_of_questions()
    {
        var relays = new SilentRelays();
        await using var gateway = await GatewayPeer.StartAsync(
            [], new() { ["LookUpsAtOnceMax"] = "2", ["LookUpMax"] = "00:00:00.100" },
            more: services => services.AddSingleton<IEventFinder>(relays));

        var asked = Enumerable.Range(0, 5).Select(_ =>
        {
            using var key = SecretKey.Generate();
            return gateway.GetAsync($"{Nip5AWords.RootLabel(key.Pubkey)}.localhost", "/");
        }).ToList();
        List<int> refused = [];
        for (var i = 0; i < 3; i++)
        {
            var answered = await Task.WhenAny(asked);
            asked.Remove(answered);
            refused.Add((int)(await answered).StatusCode);
        }

        Assert.Equal([503, 503, 503], refused);
        Assert.Equal(2, relays.Asked);
        relays.Answer();
        Assert.All(await Task.WhenAll(asked), answer => Assert.Equal(404, (int)answer.StatusCode));
    }

    /// <summary>They keep everybody waiting until they are told to say that they know nothing.</summary>
    sealed class SilentRelays : IEventFinder
    {
        readonly TaskCompletionSource<IReadOnlyList<NostrEvent>> _answer = new();
        int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public void Answer() => _answer.SetResult([]);

        public Task<IReadOnlyList<NostrEvent>> FindAsync(
            Filter filter, string role, IReadOnlyList<string> relays, TimeSpan timeout, CancellationToken ct)
        {
            Interlocked.Increment(ref _asked);
            return _answer.Task;
        }
    }

    NostrEvent Manifest(string text, long createdAt) => Given.Manifest(
        _key, [new("/index.html", _blobs.Put(text))], [_blobs.Url], createdAt: createdAt);
}
