using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Ledger;

[Suite("slice")]
public class BooksTests(Postgres postgres) : IClassFixture<Postgres>
{
    const string Mint = "rail:cashu:http://127.0.0.1:3338";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_funded_and_settled_with_its_fee_in_whole_sets()
    {
        var job = Guid.NewGuid().ToString("n");
        var (alice, agent) = (NewBalance(), NewBalance());

        await PostAsync(Move(Mint, alice, 100_000));
        await PostAsync(Move(alice, AccountCode.Escrow(job), 21_000));
        await PostAsync(
            Move(AccountCode.Escrow(job), agent, 20_000), Move(AccountCode.Escrow(job), AccountCode.Fees, 1_000));

        Assert.Equal(new(79_000), await Books.BalanceAsync(postgres.Db, alice, Ct));
        Assert.Equal(new(20_000), await Books.BalanceAsync(postgres.Db, agent, Ct));
        Assert.Equal(Msat.Zero, await Books.BalanceAsync(postgres.Db, AccountCode.Escrow(job), Ct));
    }

    [Fact]
    public async Task The_same_transfer_again_is_the_first_answer_again()
    {
        var deposit = Move(Mint, NewBalance(), 5_000);

        var first = (await PostAsync(deposit))[0];
        var second = (await PostAsync(deposit))[0];

        Assert.False(first.Replayed);
        Assert.Equal(first with { Replayed = true }, second);
        Assert.Equal(new(5_000), await Books.BalanceAsync(postgres.Db, deposit.To, Ct));
    }

    [Theory]
    [InlineData("amount")]
    [InlineData("from")]
    [InlineData("to")]
    [InlineData("kind")]
    [InlineData("cause")]
    public async Task One_id_never_stands_for_two_things(string changed)
    {
        var alice = NewBalance();
        await PostAsync(Move(Mint, alice, 9_000));
        var first = Move(alice, NewBalance(), 1_000);
        await PostAsync(first);

        var other = changed switch
        {
            "amount" => first with { Amount = new(2_000) },
            "from" => first with { From = Mint },
            "to" => first with { To = NewBalance() },
            "kind" => first with { Kind = "gift" },
            _ => first with { Cause = "another" },
        };

        Assert.Equal(LedgerProblems.Conflict.Code, await RefusalAsync(other));
        Assert.Equal(new(8_000), await Books.BalanceAsync(postgres.Db, alice, Ct));
        Assert.Equal(0, await CountAsync("select count(*) from ledger.account where code = @code", new
        {
            code = changed == "to" ? other.To : "balance:nobody",
        }));
    }

    [Fact]
    public async Task More_than_there_is_cannot_leave_and_nothing_is_written()
    {
        var (alice, bob) = (NewBalance(), NewBalance());
        await PostAsync(Move(Mint, alice, 1_000));

        var refused = await Assert.ThrowsAsync<ProblemException>(() => PostAsync(Move(alice, bob, 1_001)));
        Assert.Equal(
            (LedgerProblems.Insufficient.Code, $"test of {new Msat(1_001)}."),
            (refused.Problem.Code, refused.Problem.Detail));
        Assert.Equal(
            LedgerProblems.Insufficient.Code, await RefusalAsync(Move(alice, bob, 600), Move(alice, bob, 600)));
        Assert.Equal(new(1_000), await Books.BalanceAsync(postgres.Db, alice, Ct));
        Assert.Equal(0, await CountAsync("select count(*) from ledger.account where code = @bob", new { bob }));
    }

    [Fact]
    public async Task An_account_that_cannot_count_what_it_would_have_refuses_it()
    {
        var (mint, alice) = (AccountCode.Mint($"http://{Guid.NewGuid():n}"), NewBalance());
        await using var connection = await postgres.Db.OpenConnectionAsync(Ct);

        // Undone at the end: that much bitcoin there never is.
        await using var tx = await connection.BeginTransactionAsync(Ct);
        for (var i = 0; i < 4; i++) await Books.PostAsync(tx, Move(mint, alice, Books.AmountMax.Value), Ct);

        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Books.PostAsync(tx, Move(mint, alice, Books.AmountMax.Value), Ct));
        Assert.Equal(LedgerProblems.Overflow.Code, refused.Problem.Code);
        Assert.Equal(new(4 * Books.AmountMax.Value), await Books.BalanceAsync(tx, alice, Ct));
    }

    [Fact]
    public async Task A_refused_set_does_its_neighbours_no_harm()
    {
        var (alice, bob, carol) = (NewBalance(), NewBalance(), NewBalance());
        var deposit = Move(Mint, alice, 1_000);

        var answers = await postgres.Db.InTransactionAsync(
            tx => Books.PostEachAsync(
                tx,
                [
                    [deposit],
                    [Move(alice, bob, 400), Move(alice, carol, 700)],
                    [Move(alice, bob, 300), Move(bob, carol, 300)],
                    [deposit],
                    [deposit with { Amount = new(2) }],
                    [Move(alice, alice, 1)],
                    [Move(alice, carol, 700)],
                ],
                Ct),
            Ct);

        Assert.Equal(
            [
                null, "ledger/insufficient", null, null, "ledger/conflict", "ledger/no-transfer", null,
            ],
            answers.Select(answer => answer.Problem?.Code));
        Assert.True(answers[3].Posted[0].Replayed);
        Assert.Equal(Msat.Zero, await Books.BalanceAsync(postgres.Db, alice, Ct));
        Assert.Equal(Msat.Zero, await Books.BalanceAsync(postgres.Db, bob, Ct));
        Assert.Equal(new(1_000), await Books.BalanceAsync(postgres.Db, carol, Ct));
    }

    [Fact]
    public async Task What_lies_in_many_shards_leaves_in_one_transfer()
    {
        var (alice, treasurer) = (NewBalance(), NewBalance());
        await PostAsync(Move(Mint, alice, 64_000));
        await using var several = NpgsqlDataSource.Create(postgres.ConnectionString);
        var before = await Books.BalanceAsync(postgres.Db, AccountCode.Fees, Ct);
        for (var i = 0; i < 8; i++)
        {
            await using var db = NpgsqlDataSource.Create(postgres.ConnectionString);
            await db.InTransactionAsync(tx => Books.PostAsync(tx, Move(alice, AccountCode.Fees, 1_000), Ct), Ct);
        }

        await PostAsync(Move(AccountCode.Fees, treasurer, before.Value + 8_000));

        Assert.Equal(Msat.Zero, await Books.BalanceAsync(postgres.Db, AccountCode.Fees, Ct));
        Assert.Equal(before + new Msat(8_000), await Books.BalanceAsync(postgres.Db, treasurer, Ct));
        Assert.Equal(
            LedgerProblems.Insufficient.Code, await RefusalAsync(Move(AccountCode.Fees, treasurer, 1)));
        var report = await new AuditBooks(postgres.Db, [], TimeProvider.System).RunAsync(Ct);
        Assert.All(report.Books, check => Assert.Equal(0, check.Broken));
    }

    [Fact]
    public void Amounts_codes_and_words_are_checked_before_they_travel()
    {
        var fine = Move(Mint, NewBalance(), 1);
        Assert.Null(Books.Refuse(fine));
        Assert.Null(Books.Refuse(fine with { Amount = Books.AmountMax }));
        Assert.Null(Books.Refuse(fine with { Cause = new('x', 256) }));
        Assert.Equal(LedgerProblems.AmountOutOfRange, Books.Refuse(fine with { Amount = Msat.Zero }));
        Assert.Equal(LedgerProblems.AmountOutOfRange, Books.Refuse(fine with { Amount = new(-1) }));
        Assert.Equal(
            LedgerProblems.AmountOutOfRange, Books.Refuse(fine with { Amount = Books.AmountMax + new Msat(1) }));
        Assert.All(
            new[]
            {
                fine with { To = fine.From }, fine with { From = "nowhere" }, fine with { To = "balance:a b" },
                fine with { To = "balance:" }, fine with { Kind = "Fund" }, fine with { Kind = "" },
                fine with { Cause = "" }, fine with { Cause = new('x', 257) }, fine with { To = "balance:a\n" },
            },
            wrong => Assert.Equal(
                LedgerProblems.NoTransfer with { Detail = $"{wrong.Kind}: {wrong.From} to {wrong.To}." },
                Books.Refuse(wrong)));
    }

    [Fact]
    public void Holds_and_captures_are_checked_before_they_travel()
    {
        var fine = new Hold(
            Guid.NewGuid(), NewBalance(), Books.AmountMax, "a test", DateTimeOffset.UnixEpoch, [new("job:1", new(1))]);
        Assert.Null(Holds.Refuse(fine));
        Assert.Null(Holds.Refuse(fine with { Cause = new('x', 256), Amount = new(1) }));
        Assert.Null(Holds.Refuse(fine with { Caps = [new(new('w', 128), new(1))] }));
        Assert.All(
            new[] { Msat.Zero, new(-1), Books.AmountMax + new Msat(1) },
            amount => Assert.Equal(LedgerProblems.AmountOutOfRange, Holds.Refuse(fine with { Amount = amount })));
        Assert.All(
            new[]
            {
                fine with { Account = "nowhere" }, fine with { Account = AccountCode.Fees },
                fine with { Account = Mint }, fine with { Cause = "" }, fine with { Cause = new('x', 257) },
                fine with { Caps = [new("", new(1))] }, fine with { Caps = [new(new('w', 129), new(1))] },
                fine with { Caps = [new("job:1", new(1)), new("job:1", new(2))] },
            },
            wrong => Assert.Equal(
                LedgerProblems.NoTransfer with { Detail = $"A hold on {wrong.Account}." }, Holds.Refuse(wrong)));
    }

    [Theory]
    [InlineData("balance:payee", 0, "ledger/amount-out-of-range")]
    [InlineData("balance:payee", -1, "ledger/amount-out-of-range")]
    [InlineData("nowhere", 1, "ledger/no-transfer")]
    public async Task A_capture_of_nothing_or_to_nowhere_is_refused_and_the_hold_stands(
        string to, long amount, string code)
    {
        var (alice, hold, far) = (NewBalance(), Guid.NewGuid(), DateTimeOffset.UnixEpoch.AddYears(200));
        await PostAsync(Move(Mint, alice, 1_000));
        await InTransactionAsync(tx => Holds.HoldAsync(tx, new(hold, alice, new(600), "x", far, []), Ct));

        var refused = await Assert.ThrowsAsync<ProblemException>(() => InTransactionAsync(
            tx => Holds.CaptureAsync(tx, new(hold, Guid.NewGuid(), to, new(amount), "pay", "x"), far.AddDays(-1), Ct)));

        Assert.Equal(code, refused.Problem.Code);
        Assert.Equal(new(400), await Books.AvailableAsync(postgres.Db, alice, Ct));
        await InTransactionAsync(tx => Holds.ReleaseAsync(tx, hold, Ct));
        Assert.Equal(new(1_000), await Books.AvailableAsync(postgres.Db, alice, Ct));
    }

    [Fact]
    public async Task A_hold_of_less_than_nothing_sets_nothing_aside_and_frees_nothing()
    {
        var (alice, far) = (NewBalance(), DateTimeOffset.UnixEpoch.AddYears(200));
        await PostAsync(Move(Mint, alice, 1_000));

        var refused = await Assert.ThrowsAsync<ProblemException>(() => InTransactionAsync(
            tx => Holds.HoldAsync(tx, new(Guid.NewGuid(), alice, new(-600), "x", far, []), Ct)));

        Assert.Equal(LedgerProblems.AmountOutOfRange, refused.Problem);
        Assert.Equal(new(1_000), await Books.AvailableAsync(postgres.Db, alice, Ct));
    }

    [Fact]
    public async Task A_hold_is_captured_until_it_expires_and_not_from_then_on()
    {
        var (alice, bob, end) = (NewBalance(), NewBalance(), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await PostAsync(Move(Mint, alice, 1_000));
        foreach (var late in new[] { 0, 1 })
        {
            var hold = await HoldAsync();
            var refused = await Assert.ThrowsAsync<ProblemException>(() => CaptureAsync(hold, end.AddSeconds(late)));
            Assert.Equal(LedgerProblems.HoldExpired, refused.Problem);
            await InTransactionAsync(tx => Holds.ReleaseAsync(tx, hold, Ct));
        }

        await CaptureAsync(await HoldAsync(), end.AddMilliseconds(-1));
        Assert.Equal(new(400), await Books.AvailableAsync(postgres.Db, alice, Ct));
        Assert.Equal(new(600), await Books.BalanceAsync(postgres.Db, bob, Ct));

        async Task<Guid> HoldAsync()
        {
            var id = Guid.NewGuid();
            await InTransactionAsync(tx => Holds.HoldAsync(tx, new(id, alice, new(600), "x", end, []), Ct));
            return id;
        }

        Task CaptureAsync(Guid hold, DateTimeOffset now) => InTransactionAsync(
            tx => Holds.CaptureAsync(tx, new(hold, Guid.NewGuid(), bob, new(600), "pay", "x"), now, Ct));
    }

    /// <summary>The other has written the same id and not committed: what it will be is not known yet.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_who_write_one_id_for_different_accounts_at_the_same_time_are_told_so(bool hold)
    {
        var id = Guid.NewGuid();
        var (alice, bob) = (NewBalance(), NewBalance());
        await PostAsync(Move(Mint, alice, 1_000), Move(Mint, bob, 1_000));
        await using var other = await postgres.Db.OpenConnectionAsync(Ct);
        await using var first = await other.BeginTransactionAsync(Ct);
        await WriteAsync(first, alice);

        var second = InTransactionAsync(tx => WriteAsync(tx, bob));
        await BlockedAsync(other.ProcessID);
        await first.CommitAsync(Ct);

        var refused = await Assert.ThrowsAsync<ProblemException>(() => second);
        Assert.Equal(LedgerProblems.Raced.Code, refused.Problem.Code);
        Assert.Equal(new(1_000), await Books.AvailableAsync(postgres.Db, bob, Ct));

        Task WriteAsync(NpgsqlTransaction tx, string account) => hold
            ? Holds.HoldAsync(
                tx, new(id, account, new(600), "x", DateTimeOffset.UnixEpoch.AddYears(200), []), Ct)
            : Books.PostAsync(tx, Move(account, $"{account}-payee", 600) with { Id = id }, Ct);
    }

    /// <summary>Returns when somebody waits for this session.</summary>
    async Task BlockedAsync(int pid)
    {
        while (await CountAsync(
            "select count(*) from pg_stat_activity where @pid = any(pg_blocking_pids(pid))", new { pid }) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Ct);
        }
    }

    Task InTransactionAsync(Func<NpgsqlTransaction, Task> work) => postgres.Db.InTransactionAsync(work, Ct);

    static Transfer Move(string from, string to, long amount) =>
        new(Guid.NewGuid(), from, to, new(amount), "test", "a test");

    static string NewBalance() => AccountCode.Balance(Guid.NewGuid().ToString("n"));

    Task<IReadOnlyList<PostedTransfer>> PostAsync(params Transfer[] transfers) =>
        postgres.Db.InTransactionAsync(tx => Books.PostAsync(tx, transfers, Ct), Ct);

    async Task<string> RefusalAsync(params Transfer[] transfers) =>
        (await Assert.ThrowsAsync<ProblemException>(() => PostAsync(transfers))).Problem.Code;

    async Task<long> CountAsync(string sql, object args) => await postgres.Db.OneAsync<long>(sql, args, Ct);
}
