using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Server.Verbs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Ledger;

/// <summary>
/// Random deeds on the real books and on the model in memory: each has the same answer on both, and after each the
/// whole audit is clean and every balance is the same. A failure is shrunk to the fewest deeds.
/// </summary>
[Suite("slice")]
public class BooksModelTests(Postgres postgres) : IClassFixture<Postgres>
{
    static readonly DateTimeOffset Start = new(2026, 11, 20, 23, 0, 0, TimeSpan.Zero);
    static int _runs;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task The_books_do_what_the_model_does() => CompareAsync(tests: 25, deeds: 40);

    [Fact(Explicit = true)]
    public Task The_books_do_what_the_model_does_for_longer() => CompareAsync(tests: 200, deeds: 250);

    /// <summary>A set that opens an account and is undone: whoever asks for that account then finds none.</summary>
    [Fact]
    public async Task What_was_undone_has_opened_no_account() => Assert.True(await RunAsync(
    [
        new(0, 1, 0, 34, 1), new(4, 9, 2, 14, 3), new(6, 8, 5, 4, 0), new(3, 1, 5, 30, 1), new(6, 7, 5, 3, 0),
    ]));

    Task CompareAsync(int tests, int deeds) => Task.Run(() => Prop
        .ForAll(Arb.From(Many(deeds), Fewer), all => RunAsync(all))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(tests)));

    /// <summary>Which deed it is, and the numbers that it is made from.</summary>
    public sealed record Deed(int What, int A, int B, int C, int D);

    static Gen<Deed[]> Many(int deeds) => (
        from what in Gen.Choose(0, 11)
        from a in Gen.Choose(0, 9)
        from b in Gen.Choose(0, 9)
        from c in Gen.Choose(1, 40)
        from d in Gen.Choose(0, 5)
        select new Deed(what, a, b, c, d)).ArrayOf(deeds);

    /// <summary>Halves, then all but one.</summary>
    static IEnumerable<Deed[]> Fewer(Deed[] deeds)
    {
        for (var size = deeds.Length / 2; size > 0; size /= 2)
        {
            for (var from = 0; from + size <= deeds.Length; from += size)
            {
                yield return [.. deeds[..from], .. deeds[(from + size)..]];
            }
        }
    }

    async Task<bool> RunAsync(Deed[] deeds)
    {
        var run = new Run(postgres.Db, $"r{Interlocked.Increment(ref _runs)}");
        var audit = new AuditBooks(postgres.Db, [new AnyRail()], TimeProvider.System);
        foreach (var (step, deed) in deeds.Index())
        {
            var (said, expected) = await run.DoAsync(deed);
            Assert.True(said == expected, $"step {step}, {deed}: {said ?? "done"} and not {expected ?? "done"}");
            Assert.Null(run.Model.Broken());
            await run.CompareBalancesAsync(step);
            var report = await audit.RunAsync(Ct);
            Assert.True(report.Balanced, $"step {step}, {deed}:\n{AuditVerb.Describe(report)}");
        }

        return true;
    }

    /// <summary>Says of every rail what the books say: this is not about rails.</summary>
    sealed class AnyRail : IRailAudit
    {
        public async Task<IReadOnlyList<RailStanding>> StandAsync(NpgsqlTransaction tx, CancellationToken ct) =>
        [
            .. (await tx.ManyAsync<(string Code, long Sum)>(
                "select code, (-sum(balance_msat))::bigint from ledger.account where code like 'rail:%' group by code",
                null, ct)).Select(rail => new RailStanding(rail.Code, new(rail.Sum), Msat.Zero)),
        ];
    }

    /// <summary>One sequence, with accounts of its own.</summary>
    sealed class Run(NpgsqlDataSource db, string name)
    {
        readonly string[] _accounts =
        [
            $"rail:cashu:{name}", $"rail:ln:{name}", $"balance:{name}-a", $"balance:{name}-b", $"balance:{name}-c",
            $"escrow:{name}-1", $"escrow:{name}-2", $"refund:{name}", $"platform:fees-{name}",
            $"platform:treasury-{name}",
        ];

        readonly List<Func<Task<(string?, string?)>>> _done = [];
        DateTimeOffset _now = Start;

        public ModelBooks Model { get; } = new();

        public Task<(string? Said, string? Expected)> DoAsync(Deed deed)
        {
            var next = Next(deed);
            _done.Add(next);
            return next();
        }

        Func<Task<(string?, string?)>> Next(Deed deed) => deed.What switch
        {
            0 or 1 => () => PostAsync([Move(deed.A % 2, 2 + (deed.B % 3), deed.C * 4, deed.D)]),
            2 => () => PostAsync([Move(deed.A, deed.B, deed.C, deed.D)]),
            3 => () => PostAsync([Move(deed.A, deed.B, deed.C, deed.D), Move(deed.B, 8, 1 + deed.D, deed.D + 6)]),
            4 => () => PostEachAsync(deed),
            5 or 6 => () => HoldAsync(deed),
            7 or 8 => () => CaptureAsync(deed),
            9 => () => OneAsync(
                tx => Holds.ReleaseAsync(tx, IdOf("hold", deed.D), Ct), () => Model.Release(IdOf("hold", deed.D))),
            10 => () => ExpireAsync(TimeSpan.FromMinutes(deed.C)),
            _ when _done.Count > 0 => _done[deed.C % _done.Count],
            _ => () => Task.FromResult<(string?, string?)>((null, null)),
        };

        public async Task CompareBalancesAsync(int step)
        {
            foreach (var account in _accounts)
            {
                var real = (await Books.BalanceAsync(db, account, Ct)).Value;
                var due = Model.Balance(account);
                Assert.True(real == due, $"step {step}: {account} has {real}, not {due}");
                real = (await Books.AvailableAsync(db, account, Ct)).Value;
                due = Model.Available(account);
                Assert.True(real == due, $"step {step}: {account} may spend {real}, not {due}");
            }
        }

        Guid IdOf(string what, int number) => Uuid5.Of(what, $"{name}-{number}");

        /// <summary>Few ids, so that they meet again with the same content and with another.</summary>
        Transfer Move(int from, int to, int amount, int id) => new(
            IdOf("transfer", (id * 7) + (amount % 5)), _accounts[from], _accounts[to], new(amount), "move", $"c{id}");

        Task<(string?, string?)> PostAsync(Transfer[] set) =>
            OneAsync(tx => Books.PostAsync(tx, set, Ct), () => Model.Post(set));

        async Task<(string?, string?)> PostEachAsync(Deed deed)
        {
            Transfer[][] sets =
            [
                [Move(deed.A, deed.B, deed.C, deed.D), Move(deed.B, deed.A, deed.C, deed.D + 1)],
                [Move(0, 2, deed.C, deed.D + 2)],
                [Move(deed.A, deed.B, deed.C, deed.D)],
                [Move(2, 8, 5, deed.D + 3), Move(2, 3, deed.C * 3, deed.D + 4)],
            ];
            var answers = await db.InTransactionAsync(tx => Books.PostEachAsync(tx, sets, Ct), Ct);
            return (
                string.Join(' ', answers.Select(answer => answer.Problem?.Code ?? "posted")),
                string.Join(' ', sets.Select(set => Model.Post(set) ?? "posted")));
        }

        Task<(string?, string?)> HoldAsync(Deed deed)
        {
            Cap[] caps = deed.B < 5
                ? [Cap.PerDay(Start.AddMinutes(deed.B * 30), new(60)), Cap.PerJob($"j{deed.B % 2}", new(deed.C + 10))]
                : [];
            var hold = new Hold(
                IdOf("hold", deed.D), _accounts[2 + (deed.A % 4)], new(deed.C), $"c{deed.B}",
                Start.AddMinutes(40 * (1 + deed.D)), caps);
            return OneAsync(tx => Holds.HoldAsync(tx, hold, Ct), () => Model.Hold(hold));
        }

        Task<(string?, string?)> CaptureAsync(Deed deed)
        {
            var capture = new Capture(
                IdOf("hold", deed.D), IdOf("transfer", 100 + (deed.B % 3)), _accounts[2 + (deed.A % 7)], new(deed.C),
                "capture", $"c{deed.D}");
            return OneAsync(
                tx => Holds.CaptureAsync(tx, capture, _now, Ct), () => Model.Capture(capture, _now));
        }

        async Task<(string?, string?)> ExpireAsync(TimeSpan later)
        {
            _now += later;
            var expired = Model.Expire(_now);

            // What earlier sequences left open in this database expires with it.
            Assert.True(await Holds.ExpireAsync(db, _now, 1_000, Ct) >= expired);
            return (null, null);
        }

        async Task<(string?, string?)> OneAsync(Func<NpgsqlTransaction, Task> real, Func<string?> model)
        {
            string? said = null;
            try
            {
                await db.InTransactionAsync(real, Ct);
            }
            catch (ProblemException e)
            {
                said = e.Problem.Code;
            }

            return (said, model());
        }
    }
}
