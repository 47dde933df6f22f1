using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Lnurl;
using PoA.Nostr.Tests.Market.Escrow;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm;

/// <summary>What a payment by LNURL is for, and a job that began with a zap.</summary>
[Suite("slice")]
public sealed class HireByZapTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_zap_with_a_comment_is_a_job_that_is_paid_done_and_settled_with_its_fee()
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);
        var fees = await market.BalanceAsync(AccountCode.Fees, Ct);
        var zap = Zap(market, "hello", 21_000);

        var purpose = await PurposeAsync(market, zap, 21_000);
        Assert.Equal(new("job", zap.Id), purpose);
        Assert.Equal(JobStatus.Quoted, await market.StatusAsync(zap, Ct));
        await market.PayAsync(purpose, Msat.FromSat(21), Ct);

        var answer = await market.AnswerAsync(zap, Ct);
        while (answer.Kind == 7_000) answer = await market.AnswerAsync(zap, Ct);
        Assert.Equal(("hello", zap.Id), (answer.Content, answer.Tag("e")));
        await PaidMarket.UntilAsync(async () => await market.StatusAsync(zap, Ct) == JobStatus.Delivered, Ct);
        await market.ReactAsync(answer, "+", Ct);
        Assert.Equal(JobStatus.Settled, await market.StatusAsync(zap, Ct));
        Assert.Equal(Msat.FromSat(1), await market.BalanceAsync(AccountCode.Fees, Ct) - fees);
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task Without_a_comment_or_below_the_price_it_is_a_gift()
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);

        foreach (var (comment, msat) in new[] { ("", 21_000L), ("  ", 21_000L), ("hello", 20_000L) })
        {
            var zap = Zap(market, comment, msat);
            Assert.Equal("gift", (await PurposeAsync(market, zap, msat)).Word);
        }
    }

    [Fact]
    public async Task A_zap_on_a_quote_or_its_request_pays_that_job()
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);
        var request = market.Request();
        var quote = await market.AskAsync(request, Ct);

        foreach (var target in new[] { quote.Id, request.Id })
        {
            var zap = Zap(market, "for this", 21_000, ["e", target]);
            Assert.Equal(new PaymentPurpose("job", request.Id), await PurposeAsync(market, zap, 21_000));
        }

        var other = Zap(market, "", 21_000, ["e", new string('e', 64)]);
        Assert.Equal("gift", (await PurposeAsync(market, other, 21_000)).Word);
    }

    static NostrEvent Zap(PaidMarket market, string comment, long msat, params string[][] more) =>
        market.Customer.Sign(
            Nip57Words.RequestKind, comment,
            [["relays", "wss://relay.example"], ["amount", $"{msat}"], ["p", market.Jobs.Agent.Pubkey], .. more]);

    static Task<PaymentPurpose> PurposeAsync(PaidMarket market, NostrEvent zap, long msat)
    {
        var json = System.Text.Encoding.UTF8.GetString(EventJson.Write(zap));
        var agent = market.Jobs.Agent.Pubkey;
        var request = Nip57Words.TryReadRequest(json, new(msat), agent, out var problem);
        Assert.Null(problem);
        var order = new LnurlOrder(Guid.NewGuid(), agent, new(msat), zap.Content, request);
        return market.Jobs.Get<ILnurlPayees>().PurposeAsync(order, Ct);
    }
}
