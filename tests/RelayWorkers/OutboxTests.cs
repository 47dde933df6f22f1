using PoA.Nostr.Database;
using PoA.Nostr.Relays;
using PoA.Nostr.RelayWorkers;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.RelayWorkers;

/// <summary>What a transaction adds leaves, and nothing else does.</summary>
[Suite("slice")]
public sealed class OutboxTests(Postgres postgres) : IClassFixture<Postgres>, IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly SecretKey _key = SecretKey.Generate();

    [Fact]
    public async Task An_event_leaves_once_when_its_transaction_is_kept_and_never_when_it_is_not()
    {
        await using var relay = await FakeRelay.StartAsync();
        await using var workers = await Workers.StartAsync(postgres, [relay.Url], []);
        var (kept, dropped) = (Event(0), Event(1));
        await Assert.ThrowsAsync<TimeoutException>(() => postgres.Db.InTransactionAsync(
            async tx =>
            {
                await workers.Outbox.AddAsync(tx, [new(dropped, [], "jobs")], Ct);
                throw new TimeoutException();
            },
            Ct));
        for (var i = 0; i < 2; i++)
        {
            await postgres.Db.InTransactionAsync(
                tx => workers.Outbox.AddAsync(tx, [new(kept, [], "jobs")], Ct), Ct);
        }

        var row = await DoneAsync(kept);

        Assert.Equal(relay.Url, row.OkRelays);
        Assert.Equal([kept.Id], relay.Kept.Select(one => one.Id));
    }

    [Fact]
    public async Task What_a_dead_process_left_behind_is_sent_by_the_next()
    {
        await using var relay = await FakeRelay.StartAsync();
        var left = Event(0);
        await postgres.Db.RunAsync(
            """
            insert into relay_workers.outbox (event_id, event_json, role, relays, next_attempt_at)
            values (@Id, convert_from(@json, 'UTF8'), 'jobs', '{}', now())
            """,
            new { left.Id, json = EventJson.Write(left) }, Ct);

        await using var workers = await Workers.StartAsync(postgres, [relay.Url], []);

        await DoneAsync(left);
        Assert.Contains(relay.Kept, one => one.Id == left.Id);
    }

    [Fact]
    public async Task A_relay_that_was_down_gets_it_when_it_comes_back()
    {
        await using var relay = await FakeRelay.StartAsync();
        await relay.StopAsync();
        await using var workers = await Workers.StartAsync(postgres, [relay.Url], []);
        var sent = Event(0);
        await postgres.Db.InTransactionAsync(tx => workers.Outbox.AddAsync(tx, [new(sent, [], "jobs")], Ct), Ct);

        await relay.ListenAsync();

        await DoneAsync(sent);
        Assert.Contains(relay.Kept, one => one.Id == sent.Id);
    }

    [Fact]
    public void One_ok_ends_the_hurry_a_refusal_ends_a_relay_and_time_ends_the_rest()
    {
        var sending = new Sending(Event(0), "jobs", [], [], Attempts: 0);
        var options = new RelayWorkersOptions();
        RelayAnswer yes = new("a", RelayOutcome.Accepted, default);
        RelayAnswer no = new("b", RelayOutcome.Refused, new(RelayWord.Blocked, "blocked: no"));
        RelayAnswer silent = new("c", RelayOutcome.NoAnswer, new(RelayWord.None, "nothing"));

        var all = OutboxSender.Decide(sending, [yes, no], TimeSpan.Zero, options);
        Assert.Null(all.RetryAfter);
        Assert.False(all.Failed);
        Assert.Equal(["a"], all.Accepted);

        Assert.True(OutboxSender.Decide(sending, [no], TimeSpan.Zero, options).Failed);
        Assert.Equal(
            TimeSpan.FromSeconds(1), OutboxSender.Decide(sending, [no, silent], TimeSpan.Zero, options).RetryAfter);
        Assert.Equal(
            TimeSpan.FromSeconds(30), OutboxSender.Decide(sending, [yes, silent], TimeSpan.Zero, options).RetryAfter);
        Assert.Null(OutboxSender.Decide(sending, [yes, silent], options.OthersFor, options).RetryAfter);
        Assert.True(OutboxSender.Decide(sending, [silent], options.SendFor, options).Failed);
        Assert.NotNull(OutboxSender.Decide(sending, [], TimeSpan.Zero, options).RetryAfter);
    }

    public void Dispose() => _key.Dispose();

    NostrEvent Event(int i) => _key.Sign(new(6_000, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), [], $"{i}"));

    async Task<Row> DoneAsync(NostrEvent sent)
    {
        while (true)
        {
            if (await postgres.Db.OneAsync<Row>(
                """
                select array_to_string(ok_relays, ' ') as OkRelays, array_to_string(answers, ' ') as Answers
                  from relay_workers.outbox
                 where event_id = @Id and done_at is not null
                """,
                new { sent.Id }, Ct) is { } row)
            {
                return row;
            }

            await Task.Delay(5, Ct);
        }
    }

    sealed record Row(string OkRelays, string Answers);
}
