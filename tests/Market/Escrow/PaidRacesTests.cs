using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>Whoever ends a job first ends it, however many try and whatever they want of its money.</summary>
[Suite("slice")]
public sealed class PaidRacesTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Acceptance_dispute_cancellation_and_the_clock_end_a_job_once()
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);
        await market.DepositAsync(21 * 24, Ct);
        List<NostrEvent> requests = [];
        for (var i = 0; i < 24; i++) requests.Add(market.FromBalance());
        await Task.WhenAll(requests.Select(async request =>
        {
            await market.Jobs.ReceiveAsync(request, Ct);
            List<NostrEvent> answers = [];
            do answers.Add(await market.AnswerAsync(request, Ct)); while (!EventKinds.IsJobResult(answers[^1].Kind));
            var jobs = market.Jobs;
            var (id, customer) = (request.Id, request.Pubkey);
            await PaidMarket.UntilAsync(async () => await market.StatusAsync(request, Ct) == JobStatus.Delivered, Ct);
            var job = (await jobs.Get<ReadJob>().FindAsync(id, Ct))!;
            await Task.WhenAll(
                jobs.Get<AcceptDelivery>().HandleAsync(id, customer, "reaction", Ct),
                jobs.Get<AcceptDelivery>().AcceptAsync(job, "silence", Ct),
                jobs.Get<DisputeDelivery>().HandleAsync(id, customer, "wrong", Ct),
                jobs.Get<DisputeDelivery>().HandleAsync(id, customer, "still wrong", Ct),
                jobs.Get<CancelJob>().HandleAsync(customer, [id], Ct),
                EndAsync(jobs.Get<MoveJobs>(), SettleJob.Settle(job, "race")));
        }));

        foreach (var request in requests)
        {
            var status = await market.StatusAsync(request, Ct);
            Assert.True(status is JobStatus.Settled or JobStatus.Refunded or JobStatus.Disputed, status.Word());
            Assert.Equal(1, await postgres.Db.OneAsync<int>(
                """
                select count(*)::int from market.job_audit
                 where job_id = @Id and to_status in ('settled', 'refunded', 'split')
                """,
                new { request.Id }, Ct) + (status == JobStatus.Disputed ? 1 : 0));
        }

        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_balance_for_five_pays_five_of_forty_jobs_that_come_at_once()
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);
        await market.DepositAsync((5 * 21) + 20, Ct);
        List<NostrEvent> requests = [];
        for (var i = 0; i < 40; i++) requests.Add(market.FromBalance());

        var first = await Task.WhenAll(requests.Select(request => market.AskAsync(request, Ct)));

        Assert.Equal(5, first.Count(answer => answer.Tag("status") == "processing"));
        Assert.Equal(35, first.Count(answer => answer.Tag("code") == LedgerProblems.Insufficient.Code));
        Assert.Equal(Msat.FromSat(20), await market.CustomerHasAsync(Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task Payments_and_the_end_of_a_quote_at_once_lock_the_price_once_and_return_the_rest()
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);
        for (var round = 0; round < 12; round++)
        {
            var request = market.Request();
            await market.AskAsync(request, Ct);
            var job = (await market.Jobs.Get<ReadJob>().FindAsync(request.Id, Ct))!;
            await Task.WhenAll(
                market.PayAsync(request, 21, Ct), market.PayAsync(request, 30, Ct), market.PayAsync(request, 21, Ct),
                market.Jobs.Get<FailJob>().HandleAsync(job, JobProblems.Unpaid, Ct),
                market.Jobs.Get<CancelJob>().HandleAsync(request.Pubkey, [request.Id], Ct));
            var (paid, owed) = await postgres.Db.OneAsync<(long, long)>(
                """
                select coalesce((select sum(amount_msat) from market.payment where job = @Id), 0)::bigint,
                       coalesce((select sum(amount_msat) from market.refund where job = @Id), 0)::bigint
                """,
                new { request.Id }, Ct);
            var kept = await postgres.Db.OneAsync<int>(
                "select count(*)::int from market.payment where job = @Id and outcome = 'locked'",
                new { request.Id }, Ct);
            Assert.Equal(72_000, paid);
            Assert.InRange(kept, 0, 1);
            var status = await market.StatusAsync(request, Ct);
            Assert.Equal(status is JobStatus.Expired or JobStatus.Refunded ? 72_000 : 51_000, owed);
        }

        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task The_clock_the_verdict_and_the_parties_end_a_dispute_once()
    {
        await using var market = await PaidMarket.StartAsync(
            postgres.Db, Ct, ("Escrow:AtTimeout", "Refund"), ("Escrow:ArbitrateWithin", "00:00:01"));
        await market.DepositAsync(21 * 16, Ct);
        var (moves, read) = (market.Jobs.Get<MoveJobs>(), market.Jobs.Get<ReadJob>());
        var requests = Enumerable.Range(0, 16).Select(_ => market.FromBalance()).ToList();
        await Task.WhenAll(requests.Select(async request =>
        {
            await market.Jobs.ReceiveAsync(request, Ct);
            await PaidMarket.UntilAsync(async () => await market.StatusAsync(request, Ct) == JobStatus.Delivered, Ct);
            var job = (await read.FindAsync(request.Id, Ct))!;
            var disputed = (await moves.MoveAsync(
                new(job, "disputed", [JobStatus.Disputed]) { ArbitrateBy = TimeProvider.System.GetUtcNow() }, Ct))!;

            // The verifier would pay the agent, the clock the customer, and the sweeper runs beside them.
            await Task.WhenAll(
                market.Jobs.Get<DecideDispute>().ByMachineAsync(disputed, Ct),
                market.Jobs.Get<DecideDispute>().AtTimeoutAsync(disputed, Ct),
                market.Jobs.Get<DecideDispute>().AtTimeoutAsync(disputed, Ct),
                market.Jobs.Get<DisputeDelivery>().HandleAsync(request.Id, request.Pubkey, "wrong", Ct),
                market.Jobs.Get<AcceptDelivery>().HandleAsync(request.Id, request.Pubkey, "reaction", Ct),
                EndAsync(moves, SettleJob.Split(disputed, EscrowProblems.DisputeTimedOut)));
        }));

        foreach (var request in requests)
        {
            var (ends, refunds) = await postgres.Db.OneAsync<(int, int)>(
                """
                select (select count(*)::int from market.job_audit where job_id = @Id and from_status = 'disputed'),
                       (select count(*)::int from market.refund where job = @Id)
                """,
                new { request.Id }, Ct);
            var status = await market.StatusAsync(request, Ct);
            Assert.Equal((1, status == JobStatus.Settled ? 0 : 1), (ends, refunds));
        }

        await market.AssertBalancedAsync(Ct);
    }

    static async Task EndAsync(MoveJobs moves, JobChange change)
    {
        try
        {
            await moves.MoveAsync(change, Ct);
        }
        catch (ProblemException)
        {
            // Its money had gone another way.
        }
    }
}
