using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Dvm;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Dvm;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>Jobs paid with ecash of a mint that is not ours, where the operator allows it.</summary>
[Suite("slice")]
public sealed class ForeignJobsTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_paid_by_it_told_what_that_cost_and_settled()
    {
        await using var ours = await Mints.StartAsync();
        await using var foreign = await ForeignAsync(ours);
        await using var market = await StartAsync(ours, foreign);
        var feesBefore = await market.BalanceAsync(AccountCode.Fees, Ct);
        var request = market.Request(["cashu", foreign.Token(24)]);

        var taken = await market.AskAsync(request, Ct);
        Assert.Equal(
            ("processing", EscrowProblems.Converted.Code), (taken.Tag("status"), taken.Tag("code")));
        Assert.Contains("Of 24 sat 21 sat", taken.Content, StringComparison.Ordinal);
        await market.ReactAsync(await market.AnswerAsync(request, Ct), "+", Ct);
        Assert.Equal(JobStatus.Settled, await market.StatusAsync(request, Ct));
        Assert.Equal(Msat.FromSat(1), await market.BalanceAsync(AccountCode.Fees, Ct) - feesBefore);
        Assert.Equal(Msat.Zero, await market.BalanceAsync(AccountCode.Mint(foreign.Url), Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task What_is_refunded_is_what_arrived_and_too_little_goes_back()
    {
        await using var ours = await Mints.StartAsync();
        await using var foreign = await ForeignAsync(ours);
        await using var market = await StartAsync(ours, foreign);
        await market.DepositAsync(1, Ct);
        var little = market.Request(["cashu", foreign.Token(22)]);
        var told = await market.AskAsync(little, Ct);
        Assert.Equal(
            ("payment-required", EscrowProblems.Underpaid.Code, "21000"),
            (told.Tag("status"), told.Tag("code"), told.Tag("amount")));
        Assert.Contains("Of 22 sat 19 sat", told.Content, StringComparison.Ordinal);
        Assert.Equal("19000", told.TagsNamed("refund").Single()[3]);
        await PaidMarket.UntilAsync(async () => await market.CustomerHasAsync(Ct) == Msat.FromSat(20), Ct);

        market.Kind.Work = (_, _, _) => throw new ProblemException(DvmProblems.UrlRefused);
        var failing = market.Request(["cashu", foreign.Token(24)]);
        await market.AskAsync(failing, Ct);
        var failed = await market.AnswerAsync(failing, Ct);
        Assert.Equal(["pending", "21000"], failed.TagsNamed("refund").Single()[2..]);
        await PaidMarket.UntilAsync(async () => await market.CustomerHasAsync(Ct) == Msat.FromSat(41), Ct);
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task More_than_the_cap_is_refused_by_a_code_and_the_quote_stands()
    {
        await using var ours = await Mints.StartAsync();
        await using var foreign = await ForeignAsync(ours);
        await using var market = await StartAsync(ours, foreign);
        var request = market.Request(["cashu", foreign.Token(101)]);
        var refused = await market.AskAsync(request, Ct);
        Assert.Equal(
            ("payment-required", CashuProblems.ForeignTooMuch.Code), (refused.Tag("status"), refused.Tag("code")));
        Assert.NotNull(refused.Tag("cashu"));
        Assert.Equal(JobStatus.Quoted, await market.StatusAsync(request, Ct));
    }

    [Fact]
    public async Task A_nutzap_of_it_is_said_to_be_redeemed_too()
    {
        await using var ours = await Mints.StartAsync();
        await using var foreign = await ForeignAsync(ours);
        await using var market = await StartAsync(ours, foreign);
        var request = market.Request();
        var quote = await market.AskAsync(request, Ct);
        var agent = market.Jobs.Agent.Pubkey;
        var ecash = NutzapToken.Write(CashuToken.Parse(foreign.Token(24)), agent, foreign.Url, quote.Id);
        var template = Nip61Words.Zap(ecash, 7000, "", Customer.Now);
        var zap = market.Customer.Sign(template.Kind, template.Content, template.Tags);

        await market.Jobs.ReceiveAsync(zap, Ct);

        Assert.Equal("processing", (await market.AnswerAsync(request, Ct)).Tag("status"));
        var history = await market.AnswerAsync(zap, Ct);
        Assert.Equal(
            (Nip60Words.HistoryKind, agent, zap.Pubkey), (history.Kind, history.Pubkey, history.Tag("p")));
        Assert.Equal([zap.Id], Nip60Words.Redeemed(history));
    }

    static Task<DevnetMint> ForeignAsync(DevnetMint ours) => Mints.StartAsync(new() { Node = "abroad" }, ours.Network);

    Task<PaidMarket> StartAsync(DevnetMint ours, DevnetMint foreign) => PaidMarket.StartAsync(
        postgres.Db, ours, Ct, ("Cashu:ForeignTokenMaxSat", "100"),
        ("Fetch:AllowedEndpoints:0", new Uri(foreign.Url).Authority));
}
