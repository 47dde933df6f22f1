using System.Text.Json;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Server.Verbs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Ledger;

/// <summary>A database of its own for each harm: what is broken on purpose stays broken.</summary>
[Suite("slice")]
public sealed class AuditBooksTests : IAsyncLifetime
{
    const string Mint = "rail:cashu:http://mint";

    NpgsqlDataSource _owner = null!;
    NpgsqlDataSource _db = null!;
    RailStanding _standing = new(Mint, new(90_000), new(7_000));

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var owner = await PostgresCluster.FreshDatabaseAsync();
        _owner = NpgsqlDataSource.Create(owner);
        _db = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(owner) { Username = ServiceRole.Name }.ConnectionString);
        await TradeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _db.DisposeAsync();
        await _owner.DisposeAsync();
    }

    [Fact]
    public async Task Sound_books_are_balanced_and_say_what_is_owed()
    {
        var report = await AuditAsync();

        Assert.True(report.Balanced, AuditVerb.Describe(report));
        Assert.Equal(new(96_000, 97_000, 1_000), report.Liabilities);
        Assert.Contains("balanced", AuditVerb.Describe(report), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.True(json.RootElement.GetProperty("balanced").GetBoolean());
        Assert.Equal(97_000, json.RootElement.GetProperty("rails")[0].GetProperty("books_msat").GetInt64());
    }

    /// <summary>What somebody with the owner's rights might do, and the checks that notice.</summary>
    public static TheoryData<string, string[]> Harms => new()
    {
        { "update ledger.account set balance_msat = balance_msat + 1 where code = 'balance:alice'",
            ["sum", "balances"] },
        { "update ledger.account set version = version + 1 where code = 'balance:alice'", ["balances"] },
        { "update ledger.transfer set amount_msat = amount_msat + 1 where kind = 'pay'",
            ["balances", "chain", "contents"] },
        { "update ledger.transfer set from_balance = from_balance + 1 where kind = 'pay'", ["chain"] },
        { "update ledger.transfer set to_version = to_version + 5 where kind = 'fee'", ["chain"] },
        { "update ledger.transfer set cause = 'another' where kind = 'pay'", ["contents"] },
        { "delete from ledger.transfer where kind = 'fee'", ["balances", "chain"] },
        { "update ledger.account set may_overdraw = true where code = 'balance:alice'", ["floors"] },
        { "update ledger.account set held_msat = held_msat + 1 where code = 'balance:alice'", ["held"] },
        { "delete from ledger.hold where state = 'held'", ["held", "caps"] },
        { "update ledger.hold set captured_msat = captured_msat - 1, released_msat = released_msat + 1 "
            + "where state = 'captured'", ["holds", "caps"] },
        { "insert into ledger.hold select gen_random_uuid(), account, amount_msat, captured_msat, released_msat, "
            + "state, transfer, cause, windows, request_hash, expires_at, held_at, resolved_at from ledger.hold "
            + "where state = 'captured'", ["holds", "caps"] },
        { "update ledger.cap set used_msat = used_msat - 1", ["caps"] },
        { "insert into ledger.platform_revenue values ('2020-01-01', 1, 0, 0, 1, now()), "
            + "('2020-01-02', 1, 0, 0, 1, now())", ["revenue"] },
    };

    [Theory]
    [MemberData(nameof(Harms))]
    public async Task Harm_done_past_the_functions_is_found(string harm, string[] noticed)
    {
        await _owner.RunAsync(
            $"set session_replication_role = replica; {harm}; set session_replication_role = default", null, Ct);

        var report = await AuditAsync();

        Assert.False(report.Balanced);
        Assert.Equal(noticed, report.Broken);
        Assert.All(report.Books.Where(check => check.Broken > 0), check => Assert.NotEmpty(check.Examples));
        Assert.Contains("NOT BALANCED", AuditVerb.Describe(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Money_that_was_made_from_nothing_is_found()
    {
        await _owner.RunAsync(
            "alter table ledger.account drop constraint available_floor; "
            + "update ledger.account set balance_msat = -5 where code = 'balance:bob'",
            null, Ct);

        Assert.Equal(["sum", "balances", "floors"], (await AuditAsync()).Broken);
    }

    [Theory]
    [InlineData(89_999, 7_000)]
    [InlineData(90_000, 7_001)]
    [InlineData(90_000, 0)]
    public async Task A_rail_that_holds_more_or_less_than_the_books_say_is_found(long live, long inFlight)
    {
        _standing = new(Mint, new(live), new(inFlight));

        Assert.Contains(Mint, (await AuditAsync()).Broken);
    }

    [Fact]
    public async Task A_rail_that_nobody_speaks_for_is_found()
    {
        var report = await new AuditBooks(_db, [], TimeProvider.System).RunAsync(Ct);

        Assert.Equal([Mint, "liabilities"], report.Broken);
        Assert.Contains("nobody says", AuditVerb.Describe(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difference_stops_withdrawals_until_an_audit_is_clean()
    {
        var audit = new AuditBooks(_db, [new Rail(() => _standing)], TimeProvider.System);
        Assert.Null(await RefusalAsync());
        await audit.RunAndNoteAsync(Ct);
        Assert.Null(await RefusalAsync());

        _standing = _standing with { Live = new(1) };
        await audit.RunAndNoteAsync(Ct);
        Assert.Equal(LedgerProblems.WithdrawalsStopped, await RefusalAsync());

        _standing = _standing with { Live = new(90_000) };
        await audit.RunAndNoteAsync(Ct);
        Assert.Null(await RefusalAsync());
    }

    Task<Problem?> RefusalAsync() =>
        _db.InTransactionAsync(tx => AuditBooks.RefuseWithdrawalAsync(tx, Ct), Ct);

    Task<AuditReport> AuditAsync() =>
        new AuditBooks(_db, [new Rail(() => _standing)], TimeProvider.System).RunAsync(Ct);

    /// <summary>Deposits, a payment, a fee, and holds in each state, under a cap.</summary>
    Task TradeAsync() => _db.InTransactionAsync(
        async tx =>
        {
            var far = DateTimeOffset.UnixEpoch.AddYears(200);
            await Books.PostAsync(
                tx,
                [
                    Move(Mint, "balance:alice", 97_000, "deposit"), Move("balance:alice", "balance:bob", 20_000, "pay"),
                    Move("balance:bob", AccountCode.Fees, 1_000, "fee"),
                ],
                Ct);
            Cap[] caps = [new("job:1", new(50_000))];
            foreach (var (id, amount) in new[] { (1, 5_000), (2, 6_000), (3, 7_000) })
            {
                await Holds.HoldAsync(tx, new(IdOf(id), "balance:alice", new(amount), "job", far, caps), Ct);
            }

            await Holds.CaptureAsync(
                tx, new(IdOf(1), Guid.NewGuid(), "balance:bob", new(4_000), "capture", "job"), far.AddDays(-1), Ct);
            await Holds.ReleaseAsync(tx, IdOf(2), Ct);
        },
        Ct);

    static Guid IdOf(int n) => Uuid5.Of("hold", $"{n}");

    static Transfer Move(string from, string to, long amount, string kind) =>
        new(Guid.NewGuid(), from, to, new(amount), kind, "trade");

    sealed class Rail(Func<RailStanding> stands) : IRailAudit
    {
        public Task<IReadOnlyList<RailStanding>> StandAsync(NpgsqlTransaction tx, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<RailStanding>>([stands()]);
    }
}
