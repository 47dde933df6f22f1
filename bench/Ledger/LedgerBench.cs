using System.Diagnostics;
using System.Globalization;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Server;

namespace PoA.Nostr.Bench.Ledger;

/// <summary>
/// Settlements a second (a payee and the platform's fee, two transfers in one transaction) through the ledger's door,
/// against pgbench with the same SQL in the same run, on the embedded PostgreSQL with fsync on. The same again with a
/// third account of each payer's own instead of the platform's says what the hot account costs.
/// </summary>
static class LedgerBench
{
    const int Payers = 5_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        var settings = new Dictionary<string, string> { ["max_connections"] = "300" };
        var postgres = await EmbeddedPostgres.StartAsync(folder, settings, default);
        try
        {
            await using var owner = NpgsqlDataSource.Create(postgres.ConnectionString);
            await Migrator.RunAsync(owner, Floors.WithSchema, default);
            await ServiceRole.AllowAsync(owner, ServiceRole.Name, Floors.Guarded, default);
            await using var db = NpgsqlDataSource.Create(postgres.ServiceConnectionString);
            Console.WriteLine($"load average {(await File.ReadAllTextAsync("/proc/loadavg"))[..14]}");
            if (Option(args, "--audit") is { } transfers) await AuditAsync(db, transfers);
            else await CompareAsync(db, postgres, Option(args, "--seconds") ?? 5, Option(args, "--rounds") ?? 3);
        }
        finally
        {
            await postgres.StopAsync(default);
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    static async Task CompareAsync(NpgsqlDataSource db, EmbeddedPostgres postgres, int seconds, int rounds)
    {
        await FundAsync(db, rounds);
        var peer = new PgBench(postgres.Place, seconds);
        Console.WriteLine($"settlements/s, median of {rounds} rounds of {seconds} s (min); peer: pgbench -M prepared");
        Console.WriteLine("callers          pgbench             door          grouped  door/pgbench  grouped/pgbench");
        foreach (var callers in new[] { 1, 8, 32, 256 })
        {
            List<double> theirs = [], alone = [], grouped = [];
            for (var round = 0; round < rounds; round++)
            {
                theirs.Add(await peer.RunAsync(callers, Payers));
                alone.Add(await RateAsync(callers, seconds, (payer, payee) => PostAsync(db, Settle(payer, payee))));
                await using var group = GroupOf(db);
                grouped.Add(await RateAsync(
                    callers, seconds, (payer, payee) => group.SubmitAsync(Settle(payer, payee), default)));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{callers,7}  {Say(theirs),15}  {Say(alone),15}  {Say(grouped),15}  "
                + $"{Median(alone) / Median(theirs),12:0.00}  {Median(grouped) / Median(theirs),15:0.00}"));
        }

        List<double> hot = [], cold = [];
        for (var round = 0; round < rounds; round++)
        {
            hot.Add(await RateAsync(32, seconds, (payer, payee) => PostAsync(db, Settle(payer, payee))));
            cold.Add(await RateAsync(
                32, seconds, (payer, payee) => PostAsync(db, Settle(payer, payee, "balance:own"))));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"32 callers, fee to the platform {Say(hot)}, to an account of each payer's own {Say(cold)}: "
            + $"the hot account costs {1 - (Median(hot) / Median(cold)):0.0%}"));
        var report = await new AuditBooks(db, [], TimeProvider.System).RunAsync(default);
        Console.WriteLine(
            $"{report.Transfers} transfers, broken in the books: {report.Books.Sum(check => check.Broken)}");
    }

    static async Task AuditAsync(NpgsqlDataSource db, int transfers)
    {
        const int Batch = 2_000;
        await FundAsync(db, rounds: 1);
        var watch = Stopwatch.StartNew();
        for (var done = 0; done < transfers; done += Batch)
        {
            List<IReadOnlyList<Transfer>> sets = [];
            for (var i = 0; i < Batch / 2; i++) sets.Add(Settle(Pick(Payers), Pick(Payers)));
            await db.InTransactionAsync(tx => Books.PostEachAsync(tx, sets, default), default);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{transfers} transfers posted in batches of {Batch}: {transfers / watch.Elapsed.TotalSeconds:0}/s"));
        watch.Restart();
        var report = await new AuditBooks(db, [], TimeProvider.System).RunAsync(default);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"audit of {report.Transfers} transfers in {watch.Elapsed.TotalSeconds:0.0} s, "
            + $"broken in the books: {report.Books.Sum(check => check.Broken)}"));
    }

    /// <summary>Every payer has enough for whatever a run may take.</summary>
    static async Task FundAsync(NpgsqlDataSource db, int rounds)
    {
        for (var from = 0; from < Payers; from += 500)
        {
            var set = Enumerable.Range(from, 500).Select(i => new Transfer(
                Uuid5.Of("fund", $"{i} of {rounds}"), "rail:bench", $"balance:p{i}", Msat.FromSat(100_000_000), "fund",
                "bench")).ToList();
            await db.InTransactionAsync(tx => Books.PostAsync(tx, set, default), default);
        }
    }

    static Transfer[] Settle(int payer, int payee, string fees = AccountCode.Fees)
    {
        var (from, to) = ($"balance:p{payer}", $"balance:q{payee}");
        var third = fees == AccountCode.Fees ? fees : $"{fees}{payer}";
        return
        [
            new(Guid.NewGuid(), from, to, new(20_000), "settle", "bench"),
            new(Guid.NewGuid(), from, third, new(1_000), "fee", "bench"),
        ];
    }

    static Task<IReadOnlyList<PostedTransfer>> PostAsync(NpgsqlDataSource db, Transfer[] set) =>
        db.InTransactionAsync(tx => Books.PostAsync(tx, set, default), default);

    /// <summary>As the market posts: those who wait at the same time share a transaction.</summary>
    static GroupCommit<Transfer[], bool> GroupOf(NpgsqlDataSource db) => new(
        db,
        async (tx, sets, ct) => [.. (await Books.PostEachAsync(tx, [.. sets], ct)).Select(set => set.Problem is null)]);

    static async Task<double> RateAsync(int callers, int seconds, Func<int, int, Task> settle)
    {
        var settled = 0;
        var watch = Stopwatch.StartNew();
        var until = TimeSpan.FromSeconds(seconds);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < until)
            {
                await settle(Pick(Payers), Pick(Payers));
                Interlocked.Increment(ref settled);
            }
        })));
        return settled / watch.Elapsed.TotalSeconds;
    }

    static int Pick(int below) => System.Security.Cryptography.RandomNumberGenerator.GetInt32(below);

    static int? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at
        ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
        : null;

    static double Median(List<double> rates) => rates.Order().ElementAt(rates.Count / 2);

    static string Say(List<double> rates) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(rates):0} ({rates.Min():0})");
}
