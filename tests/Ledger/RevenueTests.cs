using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Ledger;

[Suite("slice")]
public class RevenueTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Days_are_rolled_up_from_fees_costs_and_what_went_out_again()
    {
        var (alice, mint) = (AccountCode.Balance("alice"), AccountCode.Mint("http://mint"));
        await PostAsync(
            new(Guid.NewGuid(), mint, alice, new(99_000), "deposit", "d"),
            new(Guid.NewGuid(), AccountCode.RailCost, alice, new(1_000), "rail-cost", "d"));
        foreach (var fee in new[] { 1_000, 3_000 })
        {
            await using var db = NpgsqlDataSource.Create(postgres.ConnectionString);
            var paid = new Transfer(Guid.NewGuid(), alice, AccountCode.Fees, new(fee), "fee", "f");
            await db.InTransactionAsync(tx => Books.PostAsync(tx, paid, Ct), Ct);
        }

        await PostAsync(new Transfer(Guid.NewGuid(), AccountCode.Fees, alice, new(3_500), "refund", "r"));
        await DateBackAsync(days: 1);
        await PostAsync(new Transfer(Guid.NewGuid(), alice, AccountCode.Fees, new(2_000), "fee", "f"));

        Assert.Equal(2, await Revenue.RollUpAsync(postgres.Db, new(2020, 1, 1), Ct));
        Assert.Equal(0, await Revenue.RollUpAsync(postgres.Db, new(2020, 1, 1), Ct));

        var days = await Revenue.ReadAsync(postgres.Db, 10, Ct);
        Assert.Equal([(2_000L, 0L, 0L, 1L), (4_000L, 3_500L, 1_000L, 2L)], days.Select(day =>
            (day.Earned.Value, day.Returned.Value, day.Cost.Value, day.Fees)));
        Assert.Equal(days[0].Day.AddDays(-1), days[1].Day);
    }

    [Theory]
    [InlineData("Pacific/Kiritimati")]
    [InlineData("Pacific/Niue")]
    public async Task A_day_is_the_utc_day_wherever_the_database_stands(string zone)
    {
        var own = new NpgsqlConnectionStringBuilder(await PostgresCluster.FreshDatabaseAsync()) { Timezone = zone };
        await using var db = NpgsqlDataSource.Create(own.ConnectionString);
        foreach (var (amount, moment) in new[]
        {
            (1_000, "2021-02-28 23:59:59.999+00"), (2_000, "2021-03-01 00:00:00+00"),
            (4_000, "2021-03-01 23:59:59.999+00"), (8_000, "2021-03-02 00:00:00+00"),
        })
        {
            var fee = new Transfer(
                Guid.NewGuid(), AccountCode.Mint("http://mint"), AccountCode.Fees, new(amount), "fee", "f");
            await db.InTransactionAsync(tx => Books.PostAsync(tx, fee, Ct), Ct);
            await db.RunAsync(MoveTo, new { fee.Id, moment }, Ct);
        }

        Assert.Equal(2, await Revenue.RollUpAsync(db, new(2021, 3, 1), Ct));
        Assert.Equal(
            [(new DateOnly(2021, 3, 2), 8_000L), (new DateOnly(2021, 3, 1), 6_000L)],
            (await Revenue.ReadAsync(db, 10, Ct)).Select(day => (day.Day, day.Earned.Value)));
    }

    const string MoveTo = """
        set session_replication_role = replica;
        update ledger.transfer set posted_at = @moment::timestamptz where id = @Id;
        set session_replication_role = default;
        """;

    Task<IReadOnlyList<PostedTransfer>> PostAsync(params Transfer[] transfers) =>
        postgres.Db.InTransactionAsync(tx => Books.PostAsync(tx, transfers, Ct), Ct);

    /// <summary>As the owner, past the trigger: as if it had been yesterday.</summary>
    Task<int> DateBackAsync(int days) => postgres.Owner.RunAsync(
        """
        set session_replication_role = replica;
        update ledger.transfer set posted_at = posted_at - make_interval(days => @days);
        set session_replication_role = default;
        """,
        new { days }, Ct);
}
