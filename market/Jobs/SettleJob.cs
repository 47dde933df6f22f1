using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// When a delivered job is settled, and what belongs to that: escrow, payee and fee in the transaction of the arrow.
/// Nobody settles elsewhere. A free job settles in the transaction that delivers it: there is nothing to accept, to
/// hold or to pay back.
/// </summary>
static class SettleJob
{
    static readonly JobStatus[] AtOnce = [JobStatus.Delivered, JobStatus.Settled];
    static readonly JobStatus[] Later = [JobStatus.Delivered];

    /// <summary>The way of a job whose output is there.</summary>
    internal static IReadOnlyList<JobStatus> PathOfDelivery(Job job) => job.IsPaid ? Later : AtOnce;

    /// <summary>The payee is paid: the customer accepted, was silent, or lost the dispute.</summary>
    internal static JobChange Settle(Job job, string cause) => new(
        job, cause,
        job.Status == JobStatus.Disputed ? [JobStatus.Settled] : [JobStatus.Accepted, JobStatus.Settled])
    {
        Money = Release(job, job.Price),
    };

    /// <summary>The customer gets everything back: the work failed, or a dispute was won.</summary>
    internal static JobChange Refund(Job job, Problem problem) => new(
        job, problem.Code,
        job.Status == JobStatus.Disputed ? [JobStatus.Refunded] : [JobStatus.Failed, JobStatus.Refunded])
    {
        Money = new EscrowMove.Return(job.Id, RefundId(job), job.Price, job.RailCost),
        Refund = Order(job, job.Price + job.RailCost, problem),
        ProblemCode = problem.Code,
    };

    /// <summary>Half and half, in whole sats; what does not divide is the customer's.</summary>
    internal static JobChange Split(Job job, Problem problem)
    {
        var released = Msat.FromSat(job.Price.Sat / 2);
        var returned = job.Price - released;
        return released == Msat.Zero ? Refund(job, problem) : new(job, problem.Code, [JobStatus.Split])
        {
            Money = new EscrowMove.Split(
                Release(job, released), new(job.Id, RefundId(job), returned, Msat.Zero)),
            Refund = Order(job, returned, problem),
            ProblemCode = problem.Code,
        };
    }

    static EscrowMove.Release Release(Job job, Msat amount) =>
        new(job.Id, job.Terms!.Payee, amount, Fees.Of(amount, job.Terms.FeeBps));

    static RefundOrder Order(Job job, Msat amount, Problem problem) =>
        new(RefundId(job), job.Id, job.Customer, job.Agent, amount, problem.Code);

    static Guid RefundId(Job job) => Uuid5.Of("refund-of-job", job.Id);
}
