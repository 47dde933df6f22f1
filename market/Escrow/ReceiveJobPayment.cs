using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Money came in for a job. In time and enough of it, it is locked in escrow and the work begins, in the transaction
/// that completes the payment. What is too late, too little or too much goes back, with a code that says why.
/// </summary>
public sealed partial class ReceiveJobPayment(
    MoveJobs moves, JobEdges edges, JobsInHand inHand, TellRefusal refusals, TellRedeemed redeemed,
    IOutbox outbox, IListeningRecord listening, TimeProvider clock, ILogger<ReceiveJobPayment> log) : IPaymentReceiver
{
    public string Word => QuoteWays.JobPurpose;

    public async Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct)
    {
        var job = (await tx.OneAsync<JobRow>(SelectJob, new { id = payment.Purpose.Subject }, ct))?.ToJob();
        var verdict = Judge(job, payment.Amount, payment.Paid, await IsLateAsync(job, ct));
        var record = PaymentRecord.Of(payment, job?.Id, verdict.Locked ? "locked" : "refunded");
        if (!await record.AddAsync(tx, ct)) throw new ProblemException(LedgerProblems.Conflict);

        if (verdict.Locked)
        {
            job = await LockAsync(tx, job!, payment, ct);
            tx.OnCommitted(inHand.Paid);
        }

        if (verdict.Why is { } why)
        {
            await ReturnAsync(tx, job, payment, verdict.Locked, why with { Detail = Kept(payment) }, ct);
        }

        if (job is not null) await redeemed.HandleAsync(tx, job.Agent, payment, ct);
        LogReceived(payment.Purpose.Subject, payment.Rail, payment.Amount, verdict.Why?.Code ?? "locked");
    }

    public Task<Func<NpgsqlTransaction, Task>?> RefuseAsync(RefusedPayment refused, CancellationToken ct) =>
        refusals.PrepareAsync(refused.Purpose.Subject, refused.Payer, refused.Problem, ct);

    /// <summary>Pure: whether the price is locked, and why anything of the payment goes back.</summary>
    internal static (bool Locked, Problem? Why) Judge(Job? job, Msat amount, Msat paid, bool late) => job switch
    {
        null => (false, EscrowProblems.JobUnknown),
        { Status: JobStatus.Expired } => (false, EscrowProblems.PaidLate),
        { Status: not JobStatus.Quoted } => (false, EscrowProblems.PaidTwice),
        _ when late => (false, EscrowProblems.PaidLate),
        _ when amount < job.Price && (paid < job.Price || job.Price - amount > CoverMax(job.Price)) =>
            (false, EscrowProblems.Underpaid with { Price = job.Price }),
        _ => (true, amount > job.Price ? EscrowProblems.Change : null),
    };

    /// <summary>
    /// Who gave the price and no more, not knowing what the rail keeps, is not sent away for a sat, or a hundredth.
    /// </summary>
    static Msat CoverMax(Msat price) => new(Math.Max(1_000, price.Value / 100));

    /// <summary>What the mint kept, for who gave more than arrived.</summary>
    static string? Kept(ReceivedPayment payment) =>
        (payment.Given > payment.Paid ? payment.Given : payment.Paid) is var given && given > payment.Amount
            ? $"Of {given.Sat} sat {payment.Amount.Sat} sat were left after the fee of the mint."
            : null;

    /// <summary>The time in which we were deaf does not count.</summary>
    async Task<bool> IsLateAsync(Job? job, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (job is not { Status: JobStatus.Quoted, PayBy: { } by } || now <= by) return false;

        var windows = await listening.BlindAsync("jobs", job.ReceivedAt, now, ct);
        return BlindCredit.Credit(job.ReceivedAt, by, windows) < now;
    }

    async Task<Job> LockAsync(NpgsqlTransaction tx, Job job, ReceivedPayment payment, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var cover = payment.Amount < job.Price ? job.Price - payment.Amount : Msat.Zero;
        var change = new JobChange(job, "paid", [JobStatus.Locked, JobStatus.Running])
        {
            Saying = await edges.Of(job).SayAsync(Locked(job, payment), ct),
            Money = new EscrowMove.Lock(job.Id, payment.Source, job.Price) { Cover = cover },
            RailCost = payment.Paid - payment.Amount - cover,
            SubmitBy = now + job.Terms!.SubmitWithin,
            LeasedUntil = now,
        };
        if (!await moves.MoveAsync(tx, change, ct)) throw new InvalidOperationException("Its row is locked by us.");
        return change.After;
    }

    /// <summary>Who brought ecash of another mint is told what that cost; who showed it to all, that he did.</summary>
    static JobNews Locked(Job job, ReceivedPayment payment) => new(job, JobStatus.Running)
    {
        Notice = payment.Given > payment.Paid ? EscrowProblems.Converted with { Detail = Kept(payment) } :
            payment.IsPublic ? EscrowProblems.PublicToken :
            null,
    };

    /// <summary>
    /// All of it, or what is above the price. Who paid gets back what they gave: what the rail took is our cost.
    /// </summary>
    async Task ReturnAsync(
        NpgsqlTransaction tx, Job? job, ReceivedPayment payment, bool locked, Problem why, CancellationToken ct)
    {
        var cost = locked ? Msat.Zero : payment.Paid - payment.Amount;
        var amount = locked ? payment.Amount - job!.Price : payment.Amount;
        var id = Uuid5.Of("refund-of-payment", payment.Id.ToString());
        await Books.PostAsync(tx, RefundOrder.Transfers(id, payment.Source, amount, cost), ct);
        var payer = payment.Payer ?? job?.Customer;
        await RefundOrder.AddAsync(tx, [new(id, job?.Id, payer, job?.Agent, amount + cost, why.Code)], ct);
        if (job is null) return;

        var news = new JobNews(job, job.Status) { Refund = new(id, "pending", amount + cost) };
        news = job.Status.IsTerminal() ? news with { Problem = why } : news with { Notice = why };
        var saying = await edges.Of(job).SayAsync(news, ct);
        await outbox.AddAsync(tx, saying.Entries, ct);
        await tx.RunAsync(Said, new { job.Id, saying.SaidAt }, ct);
    }

    const string SelectJob = $"select {JobRows.Columns} from market.job j where j.id = @id for update";

    /// <summary>No change of the job: only its next event must be later than this one.</summary>
    internal const string Said = "update market.job set said_at = greatest(said_at, @SaidAt) where id = @Id";

    [LoggerMessage(LogLevel.Information, "{Amount} by {Rail} for {JobId}: {Outcome}")]
    partial void LogReceived(string jobId, string rail, Msat amount, string outcome);
}
