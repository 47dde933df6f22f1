using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.RelayWorkers;

/// <summary>What paging from a cursor cannot find, comparing with the relay does.</summary>
[Suite("slice")]
public sealed class ReconcilingTests(Postgres postgres) : IClassFixture<Postgres>, IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly TemporaryFolder _folder = new();
    readonly SecretKey _key = SecretKey.Generate();
    readonly NotingReceiver _feature = new(5_000);

    [Theory]
    [InlineData(500_000)]
    [InlineData(40)]
    public async Task What_was_dated_back_by_hours_while_we_were_away_is_found(int comparedMax)
    {
        var options = new RelayOptions { Data = _folder["relay"], ReconciledMax = comparedMax };
        await using var relay = await DevnetRelay.StartAsync(options, Ct);
        await using var author = await RelayClient.ConnectAsync(relay.Url, Ct);
        var before = Enumerable.Range(0, 60).Select(i => Job(i, hours: 0)).ToList();
        foreach (var job in before) await author.PublishAsync(job, Ct);
        await using (await Workers.StartAsync(postgres, [relay.Url], [_feature])) await HandledAsync(before);

        // Far before the cursor and its overlap: a page by page reading begins after them.
        var backdated = Enumerable.Range(0, 100).Select(i => Job(1_000 + i, hours: 3 + (i % 40))).ToList();
        foreach (var job in backdated) await author.PublishAsync(job, Ct);
        await using var workers = await Workers.StartAsync(postgres, [relay.Url], [_feature]);

        await HandledAsync(backdated);
        Assert.All(_feature.Calls.Values, calls => Assert.Equal(1, calls));
    }

    [Fact]
    public async Task A_relay_that_only_claims_to_compare_is_read_page_by_page()
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Information = """{"supported_nips":[1,77]}""";
        relay.Instead = (session, message) =>
        {
            if (message is not ClientMessage.NegOpen) return false;
            session.Send(new RelayMessage.Notice("unknown verb"));
            return true;
        };
        var jobs = Enumerable.Range(0, 20).Select(i => Job(i, hours: 0)).ToList();
        foreach (var job in jobs) relay.Add(job);

        await using var workers = await Workers.StartAsync(postgres, [relay.Url], [_feature]);

        await HandledAsync(jobs);
        Assert.Contains(relay.Heard, message => message is ClientMessage.NegOpen);
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    NostrEvent Job(int i, int hours) =>
        _key.Sign(new(5_000, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - (hours * 3_600), [], $"{i}"));

    async Task HandledAsync(IEnumerable<NostrEvent> jobs)
    {
        foreach (var job in jobs)
        {
            while (!_feature.Calls.ContainsKey(job.Id)) await Task.Delay(5, Ct);
        }
    }
}
