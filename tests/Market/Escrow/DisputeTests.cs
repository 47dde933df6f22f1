using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Dvm;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>A customer dislikes a result: one word pauses, a second with a reason disputes, somebody decides.</summary>
[Suite("slice")]
public sealed class DisputeTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_dislike_pauses_and_says_how_to_dispute_and_a_stranger_is_not_heard()
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);
        var (request, result) = await DeliveredAsync(market);
        var due = (await JobAsync(market, request)).AcceptBy!.Value;

        await market.ReactAsync(result, "-", Ct, new Customer());
        Assert.Equal(due, (await JobAsync(market, request)).AcceptBy);
        await market.ReactAsync(result, "-", Ct);

        var told = await market.AnswerAsync(request, Ct);
        Assert.Equal(("processing", EscrowProblems.DisputeUnconfirmed.Code), (told.Tag("status"), told.Tag("code")));
        var job = await JobAsync(market, request);
        Assert.Equal((JobStatus.Delivered, due + TimeSpan.FromHours(24)), (job.Status, job.AcceptBy!.Value));
        await market.ReactAsync(result, "-", Ct);
        Assert.Equal(job.AcceptBy, (await JobAsync(market, request)).AcceptBy);
        await market.ReactAsync(result, "+", Ct);
        Assert.Equal(JobStatus.Settled, await market.StatusAsync(request, Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Theory]
    [InlineData(true, JobStatus.Settled)]
    [InlineData(false, JobStatus.Refunded)]
    public async Task The_verifier_decides_a_dispute_at_once(bool holds, JobStatus end)
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);
        var (request, result) = await DeliveredAsync(market);
        market.Kind.Check = _ => holds ? null : DvmProblems.Malformed;

        await market.ReactAsync(result, "-", Ct);
        await market.AnswerAsync(request, Ct);
        await market.ReactAsync(result, "- it is not what I asked for", Ct);

        Assert.Equal(EscrowProblems.Disputed.Code, (await market.AnswerAsync(request, Ct)).Tag("code"));
        var verdict = await market.AnswerAsync(request, Ct);
        Assert.Equal(
            (holds ? EscrowProblems.OutputUpheld : EscrowProblems.OutputWrong).Code, verdict.Tag("code"));
        Assert.Equal(end, await market.StatusAsync(request, Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_dispute_whose_verdict_was_cut_off_is_decided_when_it_is_heard_again()
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);
        var (request, result) = await DeliveredAsync(market);
        market.Kind.Check = _ => throw new ProblemException(DvmProblems.Malformed);
        await market.ReactAsync(result, "-", Ct);
        await market.ReactAsync(result, "- wrong", Ct);
        Assert.Equal(JobStatus.Disputed, await market.StatusAsync(request, Ct));

        market.Kind.Check = _ => DvmProblems.Malformed;
        await market.ReactAsync(result, "- wrong", Ct, new Customer());
        Assert.Equal(JobStatus.Disputed, await market.StatusAsync(request, Ct));
        await market.ReactAsync(result, "- wrong", Ct);

        Assert.Equal(JobStatus.Refunded, await market.StatusAsync(request, Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Theory]
    [InlineData("Refund", JobStatus.Refunded)]
    [InlineData("Settle", JobStatus.Settled)]
    [InlineData("Split", JobStatus.Split)]
    public async Task What_nobody_decides_ends_as_the_offer_said(string stated, JobStatus end)
    {
        await using var market = await PaidMarket.StartAsync(
            postgres.Db, Ct, ("Escrow:AtTimeout", stated), ("Escrow:ArbitrateWithin", "00:00:01"));
        market.Kind.Decides = false;
        var (request, result) = await DeliveredAsync(market);

        await market.ReactAsync(result, "-", Ct);
        await market.ReactAsync(result, "- wrong", Ct);

        await PaidMarket.UntilAsync(async () => await market.StatusAsync(request, Ct) == end, Ct);
        await market.AssertBalancedAsync(Ct);
    }

    static async Task<(NostrEvent Request, NostrEvent Result)> DeliveredAsync(PaidMarket market)
    {
        await market.DepositAsync(21, Ct);
        var request = market.FromBalance();
        await market.AskAsync(request, Ct);
        var result = await market.AnswerAsync(request, Ct);
        await PaidMarket.UntilAsync(async () => await market.StatusAsync(request, Ct) == JobStatus.Delivered, Ct);
        return (request, result);
    }

    static async Task<Job> JobAsync(PaidMarket market, NostrEvent request) =>
        (await market.Jobs.Get<ReadJob>().FindAsync(request.Id, Ct))!;
}
