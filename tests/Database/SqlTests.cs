using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Database;

[Suite("slice")]
public class SqlTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    sealed record Row(int[] Kinds, long[] Prices, string[] Names, string? Nothing);

    [Fact]
    public async Task Arrays_go_in_and_come_out_of_records()
    {
        int[] kinds = [1, 2];
        long[] prices = [];
        string[] names = ["a", "b,c", "\"{}\""];

        var row = await postgres.Owner.OneAsync<Row>(
            "select @kinds as Kinds, @prices as Prices, @names as Names, null::text as Nothing",
            new { kinds, prices, names }, Ct);

        Assert.Equal(kinds, row!.Kinds);
        Assert.Equal(prices, row.Prices);
        Assert.Equal(names, row.Names);
        Assert.Null(row.Nothing);
    }

    [Fact]
    public async Task A_transaction_that_throws_leaves_nothing()
    {
        await postgres.Owner.RunAsync("create table one (n int)", null, Ct);

        await Assert.ThrowsAsync<InvalidOperationException>(() => postgres.Owner.InTransactionAsync(
            async tx =>
            {
                await tx.RunAsync("insert into one values (1)", null, Ct);
                throw new InvalidOperationException();
            },
            Ct));

        Assert.Null(await postgres.Owner.OneAsync<int?>("select n from one", null, Ct));
    }
}
