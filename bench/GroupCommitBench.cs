using System.Diagnostics;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Bench;

/// <summary>
/// Rows made durable per second: each caller in a transaction of its own, against all callers through one group
/// commit, on the embedded PostgreSQL with fsync on.
/// </summary>
static class GroupCommitBench
{
    const int RowsEach = 4_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        var postgres = await EmbeddedPostgres.StartAsync(folder, settings: null, default);
        try
        {
            await using var db = NpgsqlDataSource.Create(postgres.ConnectionString);
            await db.RunAsync("create table row (id bigint primary key, at timestamptz default now())", null, default);
            Console.WriteLine("callers  single/s  group/s");
            foreach (var callers in new[] { 1, 8, 32, 256 }) await CompareAsync(db, callers);
        }
        finally
        {
            await postgres.StopAsync(default);
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    static async Task CompareAsync(NpgsqlDataSource db, int callers)
    {
        var single = await RateAsync(
            db, callers, id => db.RunAsync("insert into row values (@id)", new { id }, default));
        await using var group = new GroupCommit<long>(
            db, (tx, ids, ct) => tx.RunAsync("insert into row select unnest(@ids)", new { ids = ids.ToArray() }, ct));
        var together = await RateAsync(db, callers, id => group.SubmitAsync(id, default));
        Console.WriteLine($"{callers,7}  {single,8:0}  {together,7:0}");
    }

    static async Task<double> RateAsync(NpgsqlDataSource db, int callers, Func<long, Task> insert)
    {
        await db.RunAsync("truncate row", null, default);
        var next = 0L;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (long id; (id = Interlocked.Increment(ref next)) <= RowsEach;) await insert(id);
        })));
        return RowsEach / watch.Elapsed.TotalSeconds;
    }
}
