using Microsoft.Extensions.Hosting;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Payments.Cashu;
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
        await using var mint = await Mints.StartAsync();
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
        await using var mint = await Mints.StartAsync();
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
        await using var mint = await Mints.StartAsync();
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

    [Fact]
    public async Task Ecash_that_every_mint_refuses_for_good_is_a_failure_that_says_why_and_the_balance_has_it_all()
    {
        await using var mint = await Mints.StartAsync();
        await using var proxy = await MintProxy.StartAsync(mint.Url);
        await using var market = await PaidMarket.StartAsync(Db, proxy.Url, Ct);
        var key = SecretKey.Generate().Pubkey;
        await FundAsync(market, key, CashuToken.Parse(mint.Token(100)) with { Mint = proxy.Url });
        var before = await market.BalanceAsync(AccountCode.Balance(key), Ct);
        var payouts = market.Jobs.Get<RequestPayout>();

        proxy.Order("/v1/swap", new Trouble.Answer(400, """{"detail":"closed for you","code":11000}"""));
        var refused = Guid.NewGuid();
        await payouts.HandleAsync(refused, key, Msat.FromSat(30), RequestPayout.ByToken, Ct);
        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(refused, key, Ct)).State == "failed", Ct);
        Assert.Equal(CashuProblems.MintRefused.Code, (await payouts.FindAsync(refused, key, Ct)).Problem);
        Assert.Equal(before, await market.BalanceAsync(AccountCode.Balance(key), Ct));
        Assert.Equal(Msat.Zero, await market.BalanceAsync(AccountCode.Payout(refused), Ct));

        // What came back can leave another time.
        var again = Guid.NewGuid();
        await payouts.HandleAsync(again, key, Msat.FromSat(30), RequestPayout.ByToken, Ct);
        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(again, key, Ct)).State == "paid", Ct);
        Assert.Null((await payouts.FindAsync(again, key, Ct)).Problem);
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_payout_that_waits_says_for_what_and_its_owner_chooses_another_way()
    {
        await using var mint = await Mints.StartAsync();
        await using var market = await StartAsync(mint);
        await market.DepositAsync(100, Ct);
        var key = market.Customer.Signer.Pubkey;
        var payouts = market.Jobs.Get<RequestPayout>();
        var id = Guid.NewGuid();

        // The balance came by another rail: there is no ecash to make a token of.
        await payouts.HandleAsync(id, key, Msat.FromSat(30), RequestPayout.ByToken, Ct);
        var code = CashuProblems.InsufficientEcash.Code;
        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(id, key, Ct)).Problem == code, Ct);
        Assert.Equal("requested", (await payouts.FindAsync(id, key, Ct)).State);
        Assert.Equal(Msat.FromSat(30), await market.BalanceAsync(AccountCode.Payout(id), Ct));

        var byAddress = await payouts.ReplaceAsync(id, key, "nobody@127.0.0.1:1", Ct);
        Assert.Equal(("lightning", "nobody@127.0.0.1:1"), (byAddress.Way, byAddress.Target));
        Assert.Equal(Msat.FromSat(68), await market.CustomerHasAsync(Ct));
        await FundAsync(market, SecretKey.Generate().Pubkey, CashuToken.Parse(mint.Token(200)));
        await payouts.ReplaceAsync(id, key, $"alice@{new Uri(mint.Url).Authority}", Ct);
        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(id, key, Ct)).State == "paid", Ct);
        Assert.Equal(64, (await payouts.FindAsync(id, key, Ct)).Preimage!.Length);
        Assert.Equal(Msat.Zero, await market.BalanceAsync(AccountCode.Payout(id), Ct));

        // The other way round: an address that is nobody's becomes a token, and the reserve comes back.
        var back = Guid.NewGuid();
        var before = await market.CustomerHasAsync(Ct);
        await payouts.HandleAsync(back, key, Msat.FromSat(10), "nobody@127.0.0.1:1", Ct);
        Assert.Equal(Msat.FromSat(12), before - await market.CustomerHasAsync(Ct));
        await payouts.ReplaceAsync(back, key, RequestPayout.ByToken, Ct);
        Assert.Equal(Msat.FromSat(10), before - await market.CustomerHasAsync(Ct));
        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(back, key, Ct)).State == "paid", Ct);
        Assert.Equal(10UL, CashuToken.Parse((await payouts.FindAsync(back, key, Ct)).Token!).Amount);
        await Assert.ThrowsAsync<ProblemException>(() => payouts.ReplaceAsync(id, key, "a@b.example", Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Theory]
    [InlineData(RequestPayout.ByToken)]
    [InlineData(RequestPayout.ByLightning)]
    public async Task Books_that_do_not_balance_let_nothing_out_and_everything_in(string way)
    {
        await using var mint = await Mints.StartAsync();
        await using var market = await StartAsync(mint);
        var key = await FundAsync(market, mint, 100);
        var payouts = market.Jobs.Get<RequestPayout>();
        var target = way == RequestPayout.ByToken ? way : $"erin@{new Uri(mint.Url).Authority}";

        // One that waits for its turn when the difference is found, and one that comes later.
        var waiting = Guid.NewGuid();
        await Db.RunAsync("select ledger.note_audit(false, '{sum}')", null, Ct);
        await Db.RunAsync(InsertPayout, new { waiting, key, way, target = way == target ? "" : target }, Ct);
        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => payouts.HandleAsync(Guid.NewGuid(), key, Msat.FromSat(10), target, Ct));
        Assert.Equal(LedgerProblems.WithdrawalsStopped, refused.Problem);
        await PaidMarket.UntilAsync(
            async () => await Db.OneAsync<string>(
                "select last_error from market.payout where id = @waiting", new { waiting }, Ct)
                == LedgerProblems.WithdrawalsStopped.Code,
            Ct);
        Assert.Equal("requested", (await payouts.FindAsync(waiting, key, Ct)).State);
        await FundAsync(market, key, CashuToken.Parse(mint.Token(20)));

        await Db.RunAsync("select ledger.note_audit(true, '{}')", null, Ct);
        await Db.RunAsync("update market.payout set due_at = now() where id = @waiting", new { waiting }, Ct);
        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(waiting, key, Ct)).State == "paid", Ct);
        await market.AssertBalancedAsync(Ct);
    }

    /// <summary>The destination is another by the time that the invoice of the first has come.</summary>
    [Fact]
    public async Task An_invoice_of_a_destination_that_was_replaced_meanwhile_is_not_paid()
    {
        await using var mint = await Mints.StartAsync();
        await using var market = await StartAsync(mint);
        var key = await FundAsync(market, mint, 100);
        var payouts = market.Jobs.Get<RequestPayout>();
        var (old, now) = ($"frank@{new Uri(mint.Url).Authority}", $"grace@{new Uri(mint.Url).Authority}");
        var id = Guid.NewGuid();
        await Db.RunAsync("select ledger.note_audit(false, '{sum}')", null, Ct);
        await Db.RunAsync(
            InsertPayout, new { waiting = id, key, way = RequestPayout.ByLightning, target = old }, Ct);
        var claimed = await payouts.FindAsync(id, key, Ct);
        await payouts.ReplaceAsync(id, key, now, Ct);
        await Db.RunAsync("update market.payout set due_at = now() + interval '1 hour'", null, Ct);
        await Db.RunAsync("select ledger.note_audit(true, '{}')", null, Ct);

        await market.Jobs.All<IHostedService>().OfType<SendPayouts>().Single().SendAsync(claimed, Ct);
        Assert.Equal(("requested", null), await StateAsync());

        await Db.RunAsync("update market.payout set due_at = now()", null, Ct);
        await PaidMarket.UntilAsync(async () => (await payouts.FindAsync(id, key, Ct)).State == "paid", Ct);
        Assert.Equal(0UL, mint.Network.ReceivedMsat("address:frank"));
        Assert.Equal(10_000UL, mint.Network.ReceivedMsat("address:grace"));

        async Task<(string, string?)> StateAsync()
        {
            var payout = await payouts.FindAsync(id, key, Ct);
            return (payout.State, payout.Invoice);
        }
    }

    [Theory]
    [InlineData(999, "token")]
    [InlineData(1_500, "token")]
    [InlineData(1_000, "not an address")]
    [InlineData(1_000, "a@b/c")]
    public void What_cannot_leave_is_refused(long msat, string target) =>
        Assert.NotNull(RequestPayout.Refuse(new(msat), target));

    /// <summary>As it stands when somebody asked for it while the books were sound.</summary>
    const string InsertPayout = """
        insert into market.payout (id, account, amount_msat, reserve_msat, way, target)
        values (@waiting, @key, 10000, 2000, @way, @target);
        select from ledger.post(
            array['balance:' || @key, 'payout:' || replace(@waiting::text, '-', '')], array[0],
            array[gen_random_uuid()], array[0], array[1], array[2], array[12000], array['payout'], array['test'])
        """;

    Task<PaidMarket> StartAsync(DevnetMint mint) => PaidMarket.StartAsync(
        Db, mint, Ct, ("Fetch:AllowedEndpoints:0", new Uri(mint.Url).Authority));

    /// <summary>A key whose balance came by ecash of the mint, which the wallet holds.</summary>
    static async Task<string> FundAsync(PaidMarket market, DevnetMint mint, long sat)
    {
        var key = SecretKey.Generate().Pubkey;
        await FundAsync(market, key, CashuToken.Parse(mint.Token(sat)));
        return key;
    }

    static async Task FundAsync(PaidMarket market, string key, CashuToken token) =>
        Assert.IsType<ReceiveOutcome.Received>(await market.Jobs.Get<PayWithToken>().ForBalanceAsync(key, token, Ct));
}
