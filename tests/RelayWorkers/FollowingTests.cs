using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.RelayWorkers;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.RelayWorkers;

/// <summary>What the workers follow, look up and remember while they run.</summary>
[Suite("slice")]
public sealed class FollowingTests(Postgres postgres) : IClassFixture<Postgres>, IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;
    static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    readonly TemporaryFolder _folder = new();
    readonly SecretKey _key = SecretKey.Generate();

    [Fact]
    public async Task A_new_relays_json_is_followed_without_a_restart()
    {
        await using var first = await FakeRelay.StartAsync();
        await using var second = await FakeRelay.StartAsync();
        var file = _folder["relays.json"];
        await File.WriteAllTextAsync(file, List(first.Url), Ct);
        var feature = new NotingReceiver(5_000);
        await using var workers = await Workers.StartAsync(postgres, [], [feature], relaysFile: file);
        await HandledAsync(first, feature, Event(5_000, "one"));

        await File.WriteAllTextAsync(file, List(second.Url), Ct);

        await HandledAsync(second, feature, Event(5_000, "two"));
        Assert.Equal([second.Url], workers.Services.GetRequiredService<RelayDirectory>().All);
    }

    [Fact]
    public async Task A_look_up_brings_the_newest_valid_events_of_all_relays_each_once()
    {
        await using var one = await DevnetRelay.StartAsync(new() { Data = _folder["one"] }, Ct);
        await using var two = await DevnetRelay.StartAsync(new() { Data = _folder["two"] }, Ct);
        await using var workers = await Workers.StartAsync(postgres, [one.Url, two.Url], []);
        var notes = Enumerable.Range(0, 30).Select(i => Event(1, $"{i}", -i)).ToList();
        await using (var here = await RelayClient.ConnectAsync(one.Url, Ct))
        {
            foreach (var note in notes.Take(20)) await here.PublishAsync(note, Ct);
        }

        await using (var there = await RelayClient.ConnectAsync(two.Url, Ct))
        {
            foreach (var note in notes.Skip(10)) await there.PublishAsync(note, Ct);
        }

        var finder = workers.Services.GetRequiredService<IEventFinder>();
        var filter = new Filter { Authors = [_key.Pubkey], Kinds = [1], Limit = 25 };
        var found = await finder.FindAsync(filter, "jobs", [], TimeSpan.FromSeconds(10), Ct);

        Assert.Equal(notes.Take(25).Select(note => note.Id), found.Select(note => note.Id));
    }

    [Fact]
    public async Task When_nobody_heard_is_read_back_from_what_was_written_down()
    {
        var clock = new ManualClock(DateTimeOffset.FromUnixTimeSeconds(Now));
        var record = new ListeningRecord(postgres.Db, clock, NullLogger<ListeningRecord>.Instance);
        var start = clock.GetUtcNow();
        for (var i = 0; i < 5; i++)
        {
            await record.TouchAsync(["heard"], Ct);
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        clock.Advance(TimeSpan.FromSeconds(55));
        await record.TouchAsync(["heard"], Ct);

        var blind = Assert.Single(await record.BlindAsync("heard", start, clock.GetUtcNow(), Ct));
        Assert.Equal((20, 80), ((int)(blind.From - start).TotalSeconds, (int)(blind.To - start).TotalSeconds));
        Assert.Equal(80, (int)Assert.Single(await record.BlindAsync("deaf", start, clock.GetUtcNow(), Ct)).Length
            .TotalSeconds);
    }

    [Fact]
    public async Task A_loop_that_fails_begins_anew()
    {
        var runs = 0;
        var loop = new WorkerLoop(TimeProvider.System, NullLogger.Instance);

        await loop.RunAsync(
            "test", _ => ++runs < 3 ? throw new InvalidOperationException("a fault") : Task.CompletedTask, Ct);

        Assert.Equal(3, runs);
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    static string List(string url) => $$"""{"relays":[{"url":"{{url}}","roles":["jobs","announce"]}]}""";

    NostrEvent Event(int kind, string content, int offset = 0) => _key.Sign(new(kind, Now + offset, [], content));

    static async Task HandledAsync(FakeRelay relay, NotingReceiver feature, NostrEvent job)
    {
        relay.Add(job);
        while (!feature.Calls.ContainsKey(job.Id)) await Task.Delay(5, Ct);
    }
}
