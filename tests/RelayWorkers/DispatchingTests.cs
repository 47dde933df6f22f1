using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.RelayWorkers;

/// <summary>From the inbox to the features, whatever they throw and whoever dies.</summary>
[Suite("slice")]
public sealed class DispatchingTests(Postgres postgres) : IClassFixture<Postgres>, IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;
    static readonly Problem Bad = new("test/bad", 400, RecoveryAction.FixRequest, "It is bad.");

    readonly SecretKey _key = SecretKey.Generate();
    readonly NotingReceiver _feature = new(5_000);

    [Fact]
    public async Task A_problem_is_final_and_any_other_failure_is_tried_again()
    {
        await using var relay = await FakeRelay.StartAsync();
        var (refused, flaky) = (Job(0), Job(1));
        _feature.Does = (job, calls) =>
            job.Id == refused.Id ? throw new ProblemException(Bad) :
            calls < 3 ? throw new InvalidOperationException("not yet") :
            Task.CompletedTask;
        relay.Add(refused);
        relay.Add(flaky);
        await using var workers = await Workers.StartAsync(postgres, [relay.Url], [_feature]);

        while (_feature.Calls.GetValueOrDefault(flaky.Id) < 3) await Task.Delay(5, Ct);
        await GoneAsync(refused);
        await GoneAsync(flaky);

        Assert.Equal(1, _feature.Calls[refused.Id]);
        Assert.Equal(3, _feature.Calls[flaky.Id]);
    }

    [Fact]
    public async Task What_fails_for_ever_is_parked_for_a_person_and_holds_up_nobody()
    {
        await using var relay = await FakeRelay.StartAsync();
        var (broken, sound) = (Job(0), Job(1));
        _feature.Does = (job, _) =>
            job.Id == broken.Id ? throw new InvalidOperationException("always") : Task.CompletedTask;
        relay.Add(broken);
        relay.Add(sound);
        await using var workers = await Workers.StartAsync(
            postgres, [relay.Url], [_feature], new() { ["RelayWorkers:AttemptsMax"] = "2" });

        await GoneAsync(sound);
        string? error = null;
        while (error is null)
        {
            await Task.Delay(5, Ct);
            error = await postgres.Db.OneAsync<string>(
                """
                select last_error from relay_workers.waiting where event_id = @Id and next_attempt_at is null
                """,
                new { broken.Id }, Ct);
        }

        Assert.Equal("always", error);
        Assert.Equal(2, _feature.Calls[broken.Id]);
    }

    [Fact]
    public async Task What_a_dead_process_held_is_taken_up_when_its_lease_is_over()
    {
        var job = Job(0);
        await postgres.Db.RunAsync(
            """
            insert into relay_workers.inbox (event_id, kind, created_at, relay_url) values (@Id, 5000, 0, 'ws://gone');
            insert into relay_workers.waiting (event_id, event_json, next_attempt_at)
            values (@Id, convert_from(@json, 'UTF8'), now() + interval '0.3 seconds')
            """,
            new { job.Id, json = EventJson.Write(job) }, Ct);

        await using var workers = await Workers.StartAsync(postgres, [], [_feature]);

        await GoneAsync(job);
        Assert.Equal(1, _feature.Calls[job.Id]);
    }

    [Fact]
    public async Task More_than_fits_in_memory_waits_in_the_database_and_is_handled_once()
    {
        await using var relay = await FakeRelay.StartAsync();
        _feature.Does = (_, _) => Task.Delay(2, Ct);
        var jobs = Enumerable.Range(0, 600).Select(i => Job(i)).ToList();
        foreach (var job in jobs) relay.Add(job);
        await using var workers = await Workers.StartAsync(
            postgres, [relay.Url], [_feature],
            new() { ["RelayWorkers:WaitingMax"] = "16", ["RelayWorkers:HandlersMax"] = "8" });

        foreach (var job in jobs) await GoneAsync(job);

        Assert.All(_feature.Calls.Values, calls => Assert.Equal(1, calls));
        Assert.Equal(600, _feature.Calls.Count);
    }

    public void Dispose() => _key.Dispose();

    NostrEvent Job(int i) => _key.Sign(new(5_000, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), [], $"{i}"));

    /// <summary>It is in the inbox and waits no more.</summary>
    async Task GoneAsync(NostrEvent job)
    {
        while (!await postgres.Db.OneAsync<bool>(
            """
            select exists (select from relay_workers.inbox where event_id = @Id)
               and not exists (select from relay_workers.waiting where event_id = @Id)
            """,
            new { job.Id }, Ct))
        {
            await Task.Delay(5, Ct);
        }
    }
}
