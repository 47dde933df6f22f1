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
            await using var db = Npgsql.NpgsqlDataSource.Create(postgres.ConnectionString);
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
