using PoA.Nostr.Database;
using PoA.Nostr.Dvm;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>Jobs with a price, from the request to the last sat, through the door of the Nostr edge.</summary>
[Suite("slice")]
public sealed class PaidJobsTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_from_the_balance_is_locked_done_accepted_and_settled_with_its_fee()
    {
        await using var market = await StartAsync();
        await market.DepositAsync(100, Ct);
        var feesBefore = await market.BalanceAsync(AccountCode.Fees, Ct);
        var payee = AccountCode.Balance(market.Jobs.Agent.Owner);
        var hadBefore = await market.BalanceAsync(payee, Ct);
        var request = market.FromBalance();

        Assert.Equal("processing", (await market.AskAsync(request, Ct)).Tag("status"));
        var result = await market.AnswerAsync(request, Ct);
        Assert.Equal(("hello", "success", "21000"), (result.Content, result.Tag("status"), result.Tag("amount")));
        await PaidMarket.UntilAsync(async () => await StatusAsync(market, request) == JobStatus.Delivered, Ct);
        Assert.Equal(PaidMarket.Price, await market.BalanceAsync(AccountCode.Escrow(request.Id), Ct));
        Assert.Equal(Msat.FromSat(79), await market.CustomerHasAsync(Ct));

        await market.ReactAsync(result, "+", Ct);

        Assert.Equal(JobStatus.Settled, await StatusAsync(market, request));
        Assert.Equal(Msat.FromSat(1), await market.BalanceAsync(AccountCode.Fees, Ct) - feesBefore);
        Assert.Equal(Msat.FromSat(20), await market.BalanceAsync(payee, Ct) - hadBefore);
        Assert.Equal(
            [
                ">received", "received>quoted", "quoted>locked", "locked>running", "running>delivered",
                "delivered>accepted", "accepted>settled",
            ],
            await AuditAsync(request.Id));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_job_that_fails_gives_everything_back()
    {
        await using var market = await StartAsync();
        await market.DepositAsync(21, Ct);
        market.Kind.Work = (_, _, _) => throw new ProblemException(DvmProblems.UrlRefused);
        var request = market.FromBalance();

        await market.AskAsync(request, Ct);
        var failed = await market.AnswerAsync(request, Ct);
        Assert.Equal(("error", DvmProblems.UrlRefused.Code), (failed.Tag("status"), failed.Tag("code")));
        Assert.Equal(["pending", "21000"], failed.TagsNamed("refund").Single()[2..]);

        var back = await market.AnswerAsync(request, Ct);
        Assert.Equal(["collected", "21000", "balance"], back.TagsNamed("refund").Single()[2..]);
        Assert.Equal(JobStatus.Refunded, await StatusAsync(market, request));
        Assert.Equal(Msat.FromSat(21), await market.CustomerHasAsync(Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task Without_a_bid_or_the_money_the_price_is_quoted_and_below_it_the_bid_is_refused()
    {
        await using var market = await StartAsync();
        var quote = await market.AskAsync(market.Request(), Ct);
        Assert.Equal(("payment-required", "21000"), (quote.Tag("status"), quote.Tag("amount")));
        Assert.Equal(("ledger", "500", "refund"), (quote.Tag("escrow"), quote.Tag("fee_bps"), quote.Tag("at_timeout")));
        Assert.NotNull(quote.Tag("pay_by"));

        var poor = await market.AskAsync(market.FromBalance(), Ct);
        Assert.Equal(("payment-required", LedgerProblems.Insufficient.Code), (poor.Tag("status"), poor.Tag("code")));
        Assert.Equal("21000", poor.Tag("amount"));

        var low = await market.AskAsync(market.Request(["bid", "20999"], ["pay", "balance"]), Ct);
        Assert.Equal(("error", DvmProblems.BidTooLow.Code), (low.Tag("status"), low.Tag("code")));
        Assert.Equal("21000", low.Tag("amount"));
    }

    [Fact]
    public async Task A_quoted_job_runs_once_it_is_paid_and_what_was_too_much_comes_back()
    {
        await using var market = await StartAsync();
        var request = market.Request();
        await market.AskAsync(request, Ct);

        await market.PayAsync(request, 30, Ct);

        Assert.Equal("processing", (await market.AnswerAsync(request, Ct)).Tag("status"));
        var change = await market.AnswerAsync(request, Ct);
        Assert.Equal((EscrowProblems.Change.Code, "processing"), (change.Tag("code"), change.Tag("status")));
        Assert.Equal("9000", change.TagsNamed("refund").Single()[3]);
        await PaidMarket.UntilAsync(async () => await StatusAsync(market, request) == JobStatus.Delivered, Ct);
        await PaidMarket.UntilAsync(async () => await market.CustomerHasAsync(Ct) == Msat.FromSat(9), Ct);
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task Too_little_too_late_and_twice_goes_back_with_a_code()
    {
        await using var market = await StartAsync();
        var request = market.Request();
        await market.AskAsync(request, Ct);

        await market.PayAsync(request, 20, Ct);
        var under = await market.AnswerAsync(request, Ct);
        Assert.Equal((EscrowProblems.Underpaid.Code, "pay"), (under.Tag("code"), under.Tag("recovery")));
        Assert.Equal(JobStatus.Quoted, await StatusAsync(market, request));

        await postgres.Db.RunAsync("update market.job set pay_by = now() - interval '1 minute'", null, Ct);
        await market.PayAsync(request, 21, Ct);
        await PaidMarket.UntilAsync(async () => await market.CustomerHasAsync(Ct) == Msat.FromSat(41), Ct);
        await PaidMarket.UntilAsync(async () => await StatusAsync(market, request) == JobStatus.Expired, Ct);
        await market.PayAsync(request, 21, Ct);
        await PaidMarket.UntilAsync(async () => await market.CustomerHasAsync(Ct) == Msat.FromSat(62), Ct);
        var codes = await postgres.Db.ManyAsync<string>(
            "select reason from market.refund where job = @Id order by created_at", new { request.Id }, Ct);
        Assert.Equal(
            [EscrowProblems.Underpaid.Code, EscrowProblems.PaidLate.Code, EscrowProblems.PaidLate.Code], codes);

        var paid = market.FromBalance();
        await market.AskAsync(paid, Ct);
        await market.PayAsync(paid, 21, Ct);
        await PaidMarket.UntilAsync(async () => await market.CustomerHasAsync(Ct) == Msat.FromSat(62), Ct);
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task The_same_payment_is_received_once_and_a_payment_for_no_job_waits_for_its_payer()
    {
        await using var market = await StartAsync();
        var request = market.Request();
        await market.AskAsync(request, Ct);
        ReceivedPayment payment = new(
            Guid.NewGuid(), new("job", request.Id), AccountCode.Mint(PaidMarket.Mint), PaidMarket.Price, "bolt11",
            "h1");
        await market.PayAsync(payment, Ct);
        await Assert.ThrowsAsync<ProblemException>(() => market.PayAsync(payment with { Id = Guid.NewGuid() }, Ct));
        await Assert.ThrowsAsync<ProblemException>(() => market.PayAsync(payment, Ct));

        ReceivedPayment stray = new(
            Guid.NewGuid(), new("job", new('0', 64)), AccountCode.Mint(PaidMarket.Mint), new(5_000), "zap", "h2")
        {
            Payer = market.Customer.Signer.Pubkey,
        };
        await market.PayAsync(stray, Ct);
        await PaidMarket.UntilAsync(async () => await market.CustomerHasAsync(Ct) == new Msat(5_000), Ct);
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task Silence_accepts()
    {
        await using var market = await StartAsync(("Escrow:AcceptWithin", "00:00:01"));
        await market.DepositAsync(21, Ct);
        var request = market.FromBalance();
        await market.AskAsync(request, Ct);

        await PaidMarket.UntilAsync(async () => await StatusAsync(market, request) == JobStatus.Settled, Ct);
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_cancelled_job_costs_nothing_before_and_after_it_was_paid()
    {
        await using var market = await StartAsync();
        var unpaid = market.Request();
        await market.AskAsync(unpaid, Ct);
        await market.Jobs.ReceiveAsync(market.Customer.Sign(5, "", [["e", unpaid.Id], ["k", "5400"]]), Ct);
        Assert.Equal(JobProblems.Cancelled.Code, (await market.AnswerAsync(unpaid, Ct)).Tag("code"));
        Assert.Equal(JobStatus.Expired, await StatusAsync(market, unpaid));

        await market.DepositAsync(21, Ct);
        market.Kind.Work = async (_, _, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return new("never");
        };
        var paid = market.FromBalance();
        await market.AskAsync(paid, Ct);
        await market.Jobs.ReceiveAsync(market.Customer.Sign(5, "", [["e", paid.Id], ["k", "5400"]]), Ct);
        Assert.Equal(JobProblems.Cancelled.Code, (await market.AnswerAsync(paid, Ct)).Tag("code"));
        Assert.Equal("collected", (await market.AnswerAsync(paid, Ct)).TagsNamed("refund").Single()[2]);
        Assert.Equal(JobStatus.Refunded, await StatusAsync(market, paid));
        Assert.Equal(Msat.FromSat(21), await market.CustomerHasAsync(Ct));
        await market.AssertBalancedAsync(Ct);
    }

    Task<PaidMarket> StartAsync(params (string Key, string Value)[] settings) =>
        PaidMarket.StartAsync(postgres.Db, Ct, settings);

    static Task<JobStatus> StatusAsync(PaidMarket market, NostrEvent request) => market.StatusAsync(request, Ct);

    Task<List<string>> AuditAsync(string id) => postgres.Db.ManyAsync<string>(
        """
        select coalesce(from_status, '') || '>' || to_status
          from market.job_audit
         where job_id = @id
         order by version
        """,
        new { id }, Ct);
}
