using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Database;

/// <summary>Notifications, claims and singletons: what lets many processes share one database.</summary>
[Suite("slice")]
public class WakingTests(Postgres postgres) : IClassFixture<Postgres>
{
    static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_notification_is_heard_and_a_lost_connection_tells_everybody_to_look()
    {
        using var notifications = new Notifications(postgres.Direct, NullLogger<Notifications>.Instance);
        var heard = Channel.CreateBounded<string>(100);
        using var subscription = notifications.On("jobs", payload => heard.Writer.TryWrite(payload));
        notifications.On("jobs", _ => heard.Writer.TryWrite("nobody listens any more")).Dispose();
        await notifications.StartAsync(Ct);
        Assert.Equal("", await heard.Reader.ReadAsync(Ct));

        // A topic is listened to from when somebody asks, though the connection waits already.
        using var late = notifications.On("late", payload => heard.Writer.TryWrite("late: " + payload));
        await Notifications.SayAsync(postgres.Db, "others", "not this", Ct);
        await Notifications.SayAsync(postgres.Db, "jobs", "one", Ct);
        await Notifications.SayAsync(postgres.Db, "late", "two words", Ct);
        Assert.Equal("one", await heard.Reader.ReadAsync(Ct));
        Assert.Equal("late: two words", await heard.Reader.ReadAsync(Ct));

        await postgres.Owner.RunAsync(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
             where query = 'listen poa' and datname = current_database()
            """, null, Ct);
        string[] again = [await heard.Reader.ReadAsync(Ct), await heard.Reader.ReadAsync(Ct)];
        Assert.Equal(["", "late: "], again.Order());
        await Notifications.SayAsync(postgres.Owner, "jobs", "three", Ct);
        Assert.Equal("three", await heard.Reader.ReadAsync(Ct));
        await notifications.StopAsync(Ct);
    }

    [Fact]
    public async Task A_connection_that_listened_is_lent_to_nobody_else()
    {
        using var notifications = new Notifications(postgres.Direct, NullLogger<Notifications>.Instance);
        using var begun = notifications.SignalOn("jobs");
        await notifications.StartAsync(Ct);
        Assert.True(await begun.WaitAsync(Long, Ct));
        Assert.NotEqual(0, await ListenersAsync(Ct));

        await notifications.StopAsync(Ct);

        using var bound = new CancellationTokenSource(Long);
        while (await ListenersAsync(bound.Token) > 0) await Task.Yield();
    }

    [Fact]
    public async Task A_signal_set_many_times_is_seen_once()
    {
        using var signal = new Signal();
        for (var i = 0; i < 5; i++) signal.Set();

        Assert.True(await signal.WaitAsync(Long, Ct));
        Assert.False(await signal.WaitAsync(TimeSpan.Zero, Ct));

        signal.Dispose();
        signal.Set();
    }

    [Fact]
    public async Task Two_loops_share_the_rows_and_each_row_is_worked_on_once()
    {
        await postgres.Owner.RunAsync("create table todo (id int primary key, leased bool default false)", null, Ct);
        await postgres.Owner.RunAsync("insert into todo select generate_series(1, 300)", null, Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var wake = new Signal();
        var done = new ConcurrentBag<int>();
        var all = new TaskCompletionSource();
        ClaimLoop<int> Loop() => new(
            async (places, ct) => await postgres.Owner.ManyAsync<int>(Claim, new { places }, ct),
            (id, _) =>
            {
                done.Add(id);
                if (id == 7) throw new InvalidOperationException("seven");
                if (done.Count == 300) all.TrySetResult();
                return Task.CompletedTask;
            },
            failed: _ => { }, places: 8, interval: TimeSpan.FromMilliseconds(20));

        var loops = Task.WhenAll(Loop().RunAsync(wake, stop.Token), Loop().RunAsync(wake, stop.Token));
        await all.Task.WaitAsync(Long, Ct);
        await stop.CancelAsync();
        await loops;

        Assert.Equal(Enumerable.Range(1, 300), done.Order());
    }

    [Fact]
    public async Task One_process_at_a_time_holds_a_singleton_and_a_lost_connection_passes_it_on()
    {
        var turns = Channel.CreateBounded<string>(10);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task Run(string who) => Singleton.RunAsync(
            postgres.Direct, "anchor",
            async ct =>
            {
                await turns.Writer.WriteAsync(who, ct);
                await Task.Delay(Timeout.Infinite, ct);
            },
            stop.Token);
        var first = Run("first");
        Assert.Equal("first", await turns.Reader.ReadAsync(Ct));
        var second = Run("second");

        await postgres.Owner.RunAsync(
            """
            select pg_terminate_backend(l.pid) from pg_locks l
              join pg_database d on d.oid = l.database
             where l.locktype = 'advisory' and l.granted and d.datname = current_database()
            """, null, Ct);

        Assert.Equal("second", await turns.Reader.ReadAsync(Ct));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task Whoever_ends_leaves_the_turn_to_other_processes_though_its_connection_stays_open()
    {
        await using var elsewhere = new DirectDatabase(NpgsqlDataSource.Create(postgres.ConnectionString));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var begun = new TaskCompletionSource();
        var first = Singleton.RunAsync(
            postgres.Direct, "left",
            async ct =>
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, ct);
            },
            stop.Token);
        await begun.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = Singleton.RunAsync(elsewhere, "left", _ => Task.CompletedTask, Ct);

        await second.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    Task<long> ListenersAsync(CancellationToken ct) => postgres.Owner.OneAsync<long>(
        "select count(*) from pg_stat_activity where query = 'listen poa' and datname = current_database()", null, ct);

    const string Claim = """
        update todo set leased = true
         where id in (select id from todo where not leased order by id limit @places for update skip locked)
        returning id
        """;
}
