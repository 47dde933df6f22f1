using System.Globalization;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// Places where the service can be made to stand still from outside: triggers that wait for a lock which a test holds.
/// While it waits there, its transaction is neither committed nor undone.
/// </summary>
/// <param name="db">As the owner of its tables.</param>
/// <param name="points">What happens to which row; those of a free job where nothing is said.</param>
/// <param name="atCommit">Whoever comes by waits at the end of the transaction, its COMMIT received and not done: let
/// go it commits, though nobody may be left to hear of it.</param>
sealed class StopPoints(
    NpgsqlDataSource db, IReadOnlyDictionary<string, string>? points = null, bool atCommit = false)
{
    const int LockClass = 7_071;
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What happens to which row, on the way of a job from the relay and back to it.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["received, not stored"] = "insert on relay_workers.inbox for each row when (new.kind between 5000 and 5999)",
        ["stored, not handled"] = "insert on market.job_audit for each row when (new.to_status = 'received')",
        ["being rejected"] = "insert on market.job_audit for each row when (new.to_status = 'rejected')",
        ["being delivered"] = "insert on market.job_audit for each row when (new.to_status = 'delivered')",
        ["being settled"] = "insert on market.job_audit for each row when (new.to_status = 'settled')",
        ["being failed"] = "insert on market.job_audit for each row when (new.to_status = 'failed')",
        ["being claimed"] = "insert on market.job_audit for each row when (new.cause = 'claimed')",
        ["handled, not marked"] = "delete on relay_workers.waiting for each row",
        ["sent, not marked"] =
            "update on relay_workers.outbox for each row when (new.ok_relays <> old.ok_relays and new.role = 'jobs')",
    };

    readonly IReadOnlyDictionary<string, string> _points = points ?? All;

    /// <summary>Puts the triggers in place. They cost next to nothing while nobody holds their lock.</summary>
    public async Task SetAsync()
    {
        await RunAsync(Wait);
        foreach (var (name, where) in _points)
        {
            var number = Number(name).ToString(CultureInfo.InvariantCulture);
            var place = atCommit ? where.Replace(" for each", Deferred, StringComparison.Ordinal) : where;
            var when = atCommit ? "after" : "before";
            await RunAsync(
                $"create {(atCommit ? "constraint" : "")} trigger storm_{number} {when} {place} "
                + $"execute function public.storm_wait({number})");
        }
    }

    /// <summary>From now on whoever comes to this point waits there.</summary>
    public async Task<Held> HoldAsync(string name)
    {
        var connection = await db.OpenConnectionAsync(Ct);
        await RunAsync(connection, $"select pg_advisory_lock({LockClass}, {Number(name)})");
        return new(this, connection, $"locktype = 'advisory' and classid = {LockClass} and objid = {Number(name)}");
    }

    /// <summary>Whoever counts events by kind waits: a job that does is at work meanwhile.</summary>
    public async Task<Held> HoldWorkAsync()
    {
        var connection = await db.OpenConnectionAsync(Ct);
        await RunAsync(connection, "begin; lock table market.index_kind in access exclusive mode");
        return new(this, connection, "relation = 'market.index_kind'::regclass");
    }

    /// <summary>Looks until the statement says true.</summary>
    public async Task UntilAsync(string condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        using var tick = new PeriodicTimer(LookEvery);
        while (!await IsTrueAsync(condition, patience.Token)) await tick.WaitForNextTickAsync(patience.Token);
    }

    /// <summary>Nothing waits to be handled, to be done or to be sent.</summary>
    public const string Quiet = """
        not exists (select from relay_workers.waiting)
            and not exists (select from relay_workers.outbox where ok_relays = '{}' and role = 'jobs')
            and not exists (select from market.job where status in ('received', 'running', 'delivered'))
        """;

    /// <summary>The database may have gone away since the last look: then its sessions are made anew.</summary>
    async Task<bool> IsTrueAsync(string condition, CancellationToken ct)
    {
        try
        {
            return await db.OneAsync<bool>($"select {condition}", null, ct);
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    int Number(string name) => _points.Keys.ToList().IndexOf(name) + 1;

    Task<int> RunAsync(string sql) => db.RunAsync(sql, null, Ct);

    static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    const string Deferred = " deferrable initially deferred for each";

    const string Wait = """
        create function public.storm_wait() returns trigger language plpgsql as $$
        begin
            perform pg_advisory_xact_lock_shared(7071, tg_argv[0]::int);
            if tg_op = 'DELETE' then return old; end if;
            return new;
        end $$
        """;

    /// <summary>A point that is held.</summary>
    public sealed class Held(StopPoints points, NpgsqlConnection connection, string where) : IAsyncDisposable
    {
        /// <summary>Returns when somebody stands there.</summary>
        public Task ReachedAsync() => points.UntilAsync($"exists (select from pg_locks where not granted and {where})");

        /// <summary>Ends the sessions that stand there, so that nothing of them is committed.</summary>
        public Task UndoAsync() => points.RunAsync(
            $"select pg_terminate_backend(pid) from pg_locks where not granted and {where}");

        /// <summary>Lets everybody pass.</summary>
        public async ValueTask DisposeAsync()
        {
            await RunAsync(connection, "rollback; select pg_advisory_unlock_all()");
            await connection.DisposeAsync();
        }
    }
}
