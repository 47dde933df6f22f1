using System.Collections.Concurrent;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Devnet.World;
using PoA.Nostr.Ledger;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Ledger;

/// <summary>Many at once on the real database. What is asserted does not depend on who came first.</summary>
[Suite("slice")]
public sealed class RaceTests(Postgres postgres) : IClassFixture<Postgres>, IAsyncDisposable
{
    readonly NpgsqlDataSource _db = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { MaxPoolSize = 64 });

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    [Fact]
    public async Task Of_many_captures_of_one_hold_one_wins()
    {
        var alice = await FundAsync(10_000);
        var hold = await HoldAsync(alice, 8_000);

        var said = await AllAtOnceAsync(64, i => _db.InTransactionAsync(
            tx => Holds.CaptureAsync(
                tx, new(hold, Guid.NewGuid(), AccountCode.Balance($"payee{i}"), new(1_000 + i), "pay", "x"),
                DateTimeOffset.UnixEpoch, Ct),
            Ct));

        Assert.Equal(1, said.Count(code => code is null));
        Assert.Equal(63, said.Count(code => code == LedgerProblems.HoldResolved.Code));
        var paid = new Msat(10_000) - await Books.BalanceAsync(_db, alice, Ct);
        Assert.InRange(paid.Value, 1_000, 1_063);
        Assert.Equal(new Msat(10_000) - paid, await Books.AvailableAsync(_db, alice, Ct));
    }

    [Fact]
    public async Task Of_captures_releases_and_expiry_of_one_hold_one_wins()
    {
        for (var round = 0; round < 20; round++)
        {
            var alice = await FundAsync(1_000);
            var hold = await HoldAsync(alice, 600);
            var bob = AccountCode.Balance($"bob{round}-{Guid.NewGuid():n}");
            var said = await AllAtOnceAsync(12, i => (i % 3) switch
            {
                0 => _db.InTransactionAsync(
                    tx => Holds.CaptureAsync(
                        tx, new(hold, Uuid5.Of("capture", $"{hold}"), bob, new(500), "pay", "x"),
                        DateTimeOffset.UnixEpoch, Ct),
                    Ct),
                1 => _db.InTransactionAsync(tx => Holds.ReleaseAsync(tx, hold, Ct), Ct),
                _ => Holds.ExpireAsync(_db, DateTimeOffset.MaxValue.AddDays(-1), 10, Ct),
            });

            var captured = await Books.BalanceAsync(_db, bob, Ct) == new Msat(500);
            Assert.Equal(new Msat(captured ? 500 : 1_000), await Books.AvailableAsync(_db, alice, Ct));
            Assert.Equal(captured ? 4 : 0, said.Where((code, i) => i % 3 == 0 && code is null).Count());
            Assert.Equal(captured ? 0 : 4, said.Where((code, i) => i % 3 == 1 && code is null).Count());
        }
    }

    [Fact]
    public async Task Fifty_copies_of_one_transfer_post_it_once_and_have_one_answer()
    {
        var alice = await FundAsync(50_000);
        var pay = Move(alice, AccountCode.Fees, 1_000);
        var answers = new ConcurrentBag<PostedTransfer>();

        var said = await AllAtOnceAsync(50, async _ => answers.Add(
            await _db.InTransactionAsync(tx => Books.PostAsync(tx, pay, Ct), Ct)));

        Assert.All(said, Assert.Null);
        Assert.Single(answers, answer => !answer.Replayed);
        Assert.Single(answers.Select(answer => answer with { Replayed = false }).Distinct());
        Assert.Equal(new(49_000), await Books.BalanceAsync(_db, alice, Ct));
    }

    [Fact]
    public async Task One_id_for_fifty_different_things_is_one_of_them()
    {
        var id = Guid.NewGuid();
        var accounts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => FundAsync(10)));

        var said = await AllAtOnceAsync(50, i => _db.InTransactionAsync(
            tx => Books.PostAsync(tx, Move(accounts[i], AccountCode.Fees, 5) with { Id = id }, Ct), Ct));

        Assert.Equal(1, said.Count(code => code is null));
        Assert.All(said.OfType<string>(), code => Assert.True(code is "ledger/conflict" or "ledger/raced", code));
    }

    [Fact]
    public async Task Sixty_four_withdrawals_from_a_balance_for_twenty_are_twenty()
    {
        var alice = await FundAsync(20_999);

        var said = await AllAtOnceAsync(64, _ => _db.InTransactionAsync(
            tx => Books.PostAsync(tx, Move(alice, AccountCode.Mint("http://out"), 1_000), Ct), Ct));

        Assert.Equal(20, said.Count(code => code is null));
        Assert.Equal(44, said.Count(code => code == LedgerProblems.Insufficient.Code));
        Assert.Equal(new(999), await Books.BalanceAsync(_db, alice, Ct));
    }

    [Fact]
    public async Task An_escrow_is_released_or_refunded_never_both()
    {
        for (var round = 0; round < 20; round++)
        {
            var escrow = AccountCode.Escrow(Guid.NewGuid().ToString("n"));
            await PostAsync(Move(AccountCode.Mint("http://mint"), escrow, 21_000));
            Transfer[] release =
            [
                new(Uuid5.Of("settle", escrow), escrow, "balance:agent", new(20_000), "settle", escrow),
                new(Uuid5.Of("fee", escrow), escrow, AccountCode.Fees, new(1_000), "fee", escrow),
            ];
            Transfer[] refund = [new(Uuid5.Of("refund", escrow), escrow, "refund:r", new(21_000), "refund", escrow)];

            var said = await AllAtOnceAsync(8, i => PostAsync(i % 2 == 0 ? release : refund));

            Assert.Equal(4, said.Count(code => code is null));
            var winners = said.Index().Where(answer => answer.Item is null).Select(answer => answer.Index % 2);
            Assert.Single(winners.Distinct());
            Assert.Equal(Msat.Zero, await Books.BalanceAsync(_db, escrow, Ct));
        }
    }

    [Fact]
    public async Task A_day_cap_holds_at_the_last_millisecond_of_the_day()
    {
        var alice = await FundAsync(1_000_000);
        var last = new DateTimeOffset(2026, 11, 21, 23, 59, 59, 999, TimeSpan.Zero);

        var said = await AllAtOnceAsync(50, i => _db.InTransactionAsync(
            tx => Holds.HoldAsync(
                tx,
                new(Guid.NewGuid(), alice, new(1_000), "x", last.AddDays(1),
                    [Cap.PerDay(last.AddMilliseconds(i % 2), new(10_000)), Cap.PerJob("j", new(15_500))]),
                Ct),
            Ct));

        Assert.Equal(15, said.Count(code => code is null));
        Assert.Equal(35, said.Count(code => code == LedgerProblems.CapReached.Code));
        Assert.Equal(new(985_000), await Books.AvailableAsync(_db, alice, Ct));
        Assert.All(
            await _db.ManyAsync<long>("select used_msat from ledger.cap where window_name like 'day:%'", null, Ct),
            used => Assert.InRange(used, 5_000, 10_000));
    }

    [Fact]
    public async Task Crossed_accounts_never_deadlock()
    {
        string[] accounts = [.. await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => FundAsync(100_000))),
            AccountCode.Fees, "balance:new-one", "balance:new-two"];

        var said = await AllAtOnceAsync(32, async worker =>
        {
            var seeded = new Seeded($"crossed {worker}");
            for (var i = 0; i < 25; i++)
            {
                List<IReadOnlyList<Transfer>> sets =
                    [.. Enumerable.Range(0, 1 + seeded.Below(4)).Select(_ => new[] { Pair(), Pair() })];
                await _db.InTransactionAsync(tx => Books.PostEachAsync(tx, sets, Ct), Ct);
            }

            Transfer Pair()
            {
                var from = seeded.Below(6);
                var to = (from + 1 + seeded.Below(accounts.Length - 1)) % accounts.Length;
                return Move(accounts[from], accounts[to], 7);
            }
        });

        // A deadlock is a PostgresException and no problem: it would have been thrown here.
        Assert.All(said, Assert.Null);
        var report = await new AuditBooks(_db, [], TimeProvider.System).RunAsync(Ct);
        Assert.All(report.Books, check => Assert.Equal(0, check.Broken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Payments_at_the_same_time_do_not_wait_for_the_account_of_all(bool fromNewAccounts)
    {
        var mint = AccountCode.Mint("http://mint");
        await PostAsync(Move(await FundAsync(1_000), AccountCode.Fees, 50));
        List<NpgsqlConnection> open = [];
        try
        {
            // Nobody commits before all have posted: one that waits for another ends in the error of the timeout.
            for (var i = 0; i < 32; i++)
            {
                var escrow = fromNewAccounts ? AccountCode.Escrow($"{Guid.NewGuid():n}") : await FundAsync(1_000);
                open.Add(await _db.OpenConnectionAsync(Ct));
                var tx = await open[^1].BeginTransactionAsync(Ct);
                await tx.RunAsync("set local lock_timeout = '2s'", null, Ct);
                List<Transfer> payment = [Move(escrow, AccountCode.Fees, 50)];
                if (fromNewAccounts) payment.Insert(0, Move(mint, escrow, 1_000));
                await Books.PostAsync(tx, payment, Ct);
            }
        }
        finally
        {
            foreach (var connection in open) await connection.DisposeAsync();
        }
    }

    /// <summary>Starts all of them together; the code of each one's problem, or null.</summary>
    static async Task<string?[]> AllAtOnceAsync(int count, Func<int, Task> deed)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, count).Select(async i =>
        {
            await go.Task;
            try
            {
                await deed(i);
                return null;
            }
            catch (ProblemException e)
            {
                return e.Problem.Code;
            }
        }).ToList();
        go.SetResult();
        return await Task.WhenAll(all);
    }

    async Task<string> FundAsync(long amount)
    {
        var account = AccountCode.Balance(Guid.NewGuid().ToString("n"));
        await PostAsync(Move(AccountCode.Mint("http://mint"), account, amount));
        return account;
    }

    async Task<Guid> HoldAsync(string account, long amount)
    {
        var id = Guid.NewGuid();
        await _db.InTransactionAsync(
            tx => Holds.HoldAsync(tx, new(id, account, new(amount), "x", DateTimeOffset.UnixEpoch.AddYears(9), []), Ct),
            Ct);
        return id;
    }

    Task<IReadOnlyList<PostedTransfer>> PostAsync(params Transfer[] transfers) =>
        _db.InTransactionAsync(tx => Books.PostAsync(tx, transfers, Ct), Ct);

    static Transfer Move(string from, string to, long amount) =>
        new(Guid.NewGuid(), from, to, new(amount), "test", "a test");
}
