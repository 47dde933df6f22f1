using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>Money leaves a balance as ecash and to a Lightning address, once, and comes back where it cannot.</summary>
[Suite("slice")]
public sealed class PayoutTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    NpgsqlDataSource Db => postgres.Db;

    [Fact]
    public async Task A_payout_as_a_token_leaves_once_and_can_be_read_again()
    {
        await using var mint = await DevnetMint.StartAsync(null, new(), TimeProvider.System, Ct);
        await using var market = await StartAsync(mint);
        var key = await FundAsync(market, mint, 100);
        var before = await market.BalanceAsync(AccountCode.Balance(key), Ct);
        var payouts = market.Jobs.Get<RequestPayout>();
        var id = Guid.NewGuid();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => payouts.HandleAsync(id, key, Msat.FromSat(30), RequestPayout.ByToken, Ct)));

        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(id, key, Ct)).State == "paid", Ct);
        var paid = await payouts.FindAsync(id, key, Ct);
        Assert.Equal(30UL, CashuToken.Parse(paid.Token!).Amount);
        Assert.Equal(Msat.FromSat(30), before - await market.BalanceAsync(AccountCode.Balance(key), Ct));
        Assert.Equal(Msat.Zero, await market.BalanceAsync(AccountCode.Payout(id), Ct));
        var stranger = SecretKey.Generate().Pubkey;
        await Assert.ThrowsAsync<ProblemException>(() => payouts.FindAsync(id, stranger, Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_payout_to_an_address_pays_its_invoice_and_returns_what_the_way_did_not_cost()
    {
        await using var mint = await DevnetMint.StartAsync(null, new(), TimeProvider.System, Ct);
        await using var market = await StartAsync(mint);
        var key = await FundAsync(market, mint, 200);
        var before = await market.BalanceAsync(AccountCode.Balance(key), Ct);
        var payouts = market.Jobs.Get<RequestPayout>();
        var id = Guid.NewGuid();

        await payouts.HandleAsync(id, key, Msat.FromSat(50), $"alice@{new Uri(mint.Url).Authority}", Ct);

        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(id, key, Ct)).State == "paid", Ct);
        var paid = await payouts.FindAsync(id, key, Ct);
        var invoice = mint.Network.Find(paid.Invoice!)!;
        Assert.Equal(50_000UL, invoice.PaidMsat);
        var left = before - await market.BalanceAsync(AccountCode.Balance(key), Ct);
        Assert.InRange(left.Sat, 50, 52);
        Assert.Equal(Msat.Zero, await market.BalanceAsync(AccountCode.Payout(id), Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_payment_that_fails_for_good_gives_the_money_back_and_a_bad_address_can_be_replaced()
    {
        await using var mint = await DevnetMint.StartAsync(null, new(), TimeProvider.System, Ct);
        await using var market = await StartAsync(mint);
        var key = await FundAsync(market, mint, 200);
        var before = await market.BalanceAsync(AccountCode.Balance(key), Ct);
        var payouts = market.Jobs.Get<RequestPayout>();

        mint.Network.FailNext(1);
        var failing = Guid.NewGuid();
        await payouts.HandleAsync(failing, key, Msat.FromSat(50), $"bob@{new Uri(mint.Url).Authority}", Ct);
        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(failing, key, Ct)).State == "failed", Ct);
        Assert.Equal(before, await market.BalanceAsync(AccountCode.Balance(key), Ct));

        var id = Guid.NewGuid();
        await payouts.HandleAsync(id, key, Msat.FromSat(50), "nobody@127.0.0.1:1", Ct);
        await PaidMarket.UntilAsync(
            async () => await Db.OneAsync<string>(
                "select last_error from market.payout where id = @id", new { id }, Ct) is not null,
            Ct);
        await payouts.ReplaceAsync(id, key, $"carol@{new Uri(mint.Url).Authority}", Ct);
        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(id, key, Ct)).State == "paid", Ct);
        await Assert.ThrowsAsync<ProblemException>(
            () => payouts.ReplaceAsync(id, key, $"dave@{new Uri(mint.Url).Authority}", Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Theory]
    [InlineData(999, "token")]
    [InlineData(1_500, "token")]
    [InlineData(1_000, "not an address")]
    [InlineData(1_000, "a@b/c")]
    public void What_cannot_leave_is_refused(long msat, string target) =>
        Assert.NotNull(RequestPayout.Refuse(new(msat), target));

    Task<PaidMarket> StartAsync(DevnetMint mint) => PaidMarket.StartAsync(
        Db, mint, Ct, ("Fetch:AllowedEndpoints:0", new Uri(mint.Url).Authority));

    /// <summary>A key whose balance came by ecash of the mint, which the wallet holds.</summary>
    static async Task<string> FundAsync(PaidMarket market, DevnetMint mint, long sat)
    {
        var key = SecretKey.Generate().Pubkey;
        var problem = await market.Jobs.Get<PayWithToken>().ForBalanceAsync(key, CashuToken.Parse(mint.Token(sat)), Ct);
        Assert.Null(problem);
        return key;
    }
}
