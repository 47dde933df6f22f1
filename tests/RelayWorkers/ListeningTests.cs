using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.RelayWorkers;

/// <summary>Every valid event that some relay keeps reaches its feature, whatever relays do.</summary>
[Suite("slice")]
public sealed class ListeningTests(Postgres postgres) : IClassFixture<Postgres>, IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly SecretKey _key = SecretKey.Generate();
    readonly NotingReceiver _feature = new(5_000);

    [Fact]
    public async Task What_was_published_while_we_were_down_is_served_once()
    {
        await using var relay = await FakeRelay.StartAsync();
        var jobs = Enumerable.Range(0, 50).Select(i => Job(i)).ToList();
        await using (await Workers.StartAsync(postgres, [relay.Url], [_feature]))
        {
            foreach (var job in jobs.Take(10)) relay.Add(job);
            await HandledAsync(jobs.Take(10));
        }

        foreach (var job in jobs.Skip(10)) relay.Add(job);
        await using var again = await Workers.StartAsync(postgres, [relay.Url], [_feature]);

        await HandledAsync(jobs);
        Assert.All(_feature.Calls.Values, calls => Assert.Equal(1, calls));
    }

    [Fact]
    public async Task A_forged_copy_that_comes_first_hides_nothing()
    {
        await using var liar = await FakeRelay.StartAsync();
        await using var honest = await FakeRelay.StartAsync();
        var job = Job(0);
        liar.Add(job with { Sig = new('0', 128) });
        liar.Add(Job(1) with { Content = "not what the id says" });
        await using var workers = await Workers.StartAsync(postgres, [liar.Url, honest.Url], [_feature]);
        var known = Job(2);
        liar.Add(known);
        await HandledAsync([known]);

        liar.Add(job with { Sig = new('1', 128) });
        honest.Add(job);

        await HandledAsync([job]);
        Assert.Equal(2, _feature.Calls.Count);
    }

    [Fact]
    public async Task An_event_from_the_future_makes_us_miss_nothing()
    {
        await using var relay = await FakeRelay.StartAsync();
        var future = Job(0, offset: 600);
        relay.Add(future);
        await using var workers = await Workers.StartAsync(postgres, [relay.Url], [_feature]);
        await HandledAsync([future]);

        await relay.StopAsync();
        var missed = Job(1, offset: -600);
        relay.Kept.Enqueue(missed);
        await relay.ListenAsync();

        await HandledAsync([missed]);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(37)]
    public async Task A_relay_that_cuts_its_answers_short_hides_nothing(int cut)
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Cut = cut;
        var jobs = Enumerable.Range(0, 350).Select(i => Job(i, offset: -i / 5)).ToList();
        foreach (var job in jobs) relay.Add(job);

        await using var workers = await Workers.StartAsync(postgres, [relay.Url], [_feature]);

        await HandledAsync(jobs);
    }

    [Fact]
    public async Task One_event_from_five_relays_is_handled_once_and_the_inbox_is_the_union_of_all()
    {
        List<FakeRelay> relays = [];
        for (var i = 0; i < 5; i++) relays.Add(await FakeRelay.StartAsync());
        var jobs = Enumerable.Range(0, 200).Select(i => Job(i)).ToList();
        await using (await Workers.StartAsync(postgres, [.. relays.Select(relay => relay.Url)], [_feature]))
        {
            foreach (var (i, job) in jobs.Index())
            {
                foreach (var (r, relay) in relays.Index())
                {
                    if (i % 5 == 0 || r == i % 5 || r == (i + 2) % 5) relay.Add(job);
                }
            }

            await HandledAsync(jobs);
        }

        var stored = await postgres.Db.ManyAsync<string>(
            "select event_id from relay_workers.inbox where event_id = any(@ids)",
            new { ids = jobs.ConvertAll(job => job.Id) }, Ct);
        Assert.Equal(200, stored.Count);
        Assert.All(_feature.Calls.Values, calls => Assert.Equal(1, calls));
        foreach (var relay in relays) await relay.DisposeAsync();
    }

    [Fact]
    public async Task A_relay_without_an_end_still_brings_what_is_new()
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Instead = (session, message) =>
        {
            if (message is not ClientMessage.Request(var id, var filters)) return false;
            session.Open[id] = filters;
            return true;
        };
        await using var workers = await Workers.StartAsync(postgres, [relay.Url], [_feature]);
        while (!relay.Heard.Any(message => message is ClientMessage.Request)) await Task.Delay(5, Ct);

        var job = Job(0);
        relay.Add(job);

        await HandledAsync([job]);
    }

    [Fact]
    public async Task Twenty_restarts_under_load_lose_nothing()
    {
        await using var relay = await FakeRelay.StartAsync();
        await using var workers = await Workers.StartAsync(postgres, [relay.Url], [_feature]);
        List<NostrEvent> jobs = [];
        for (var restart = 0; restart < 20; restart++)
        {
            for (var i = 0; i < 10; i++)
            {
                jobs.Add(Job((restart * 10) + i));
                relay.Add(jobs[^1]);
            }

            await relay.StopAsync();
            jobs.Add(Job(1_000 + restart));
            relay.Kept.Enqueue(jobs[^1]);
            await relay.ListenAsync();
        }

        await HandledAsync(jobs);
        Assert.All(_feature.Calls.Values, calls => Assert.Equal(1, calls));
    }

    [Fact]
    public async Task What_nobody_wants_is_not_even_stored()
    {
        await using var relay = await FakeRelay.StartAsync();
        _feature.Chooses = job => job.Content != "for others";
        var foreign = _key.Sign(new(5_000, Now, [], "for others"));
        relay.Add(foreign);
        await using var workers = await Workers.StartAsync(postgres, [relay.Url], [_feature]);
        var job = Job(0);
        relay.Add(job);
        await HandledAsync([job]);

        Assert.Null(await postgres.Db.OneAsync<string>(
            "select event_id from relay_workers.inbox where event_id = @Id", new { foreign.Id }, Ct));
    }

    [Fact]
    public async Task New_filters_are_asked_for_while_we_run()
    {
        await using var relay = await FakeRelay.StartAsync();
        await using var workers = await Workers.StartAsync(postgres, [relay.Url], [_feature]);
        var later = _key.Sign(new(5_001, Now, [], ""));
        relay.Add(later);

        _feature.Filters = [new() { Kinds = [5_000, 5_001] }];

        await HandledAsync([later]);
    }

    public void Dispose() => _key.Dispose();

    static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    NostrEvent Job(int i, int offset = 0) => _key.Sign(new(5_000, Now + offset, [], $"{i}"));

    async Task HandledAsync(IEnumerable<NostrEvent> jobs)
    {
        foreach (var job in jobs)
        {
            while (!_feature.Calls.ContainsKey(job.Id)) await Task.Delay(5, Ct);
        }
    }
}
