namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// When a delivered job is settled, and what belongs to that. A free job settles in the transaction that delivers it:
/// there is nothing to accept, to hold or to pay back.
/// </summary>
static class SettleJob
{
    static readonly JobStatus[] AtOnce = [JobStatus.Delivered, JobStatus.Settled];
    static readonly JobStatus[] Later = [JobStatus.Delivered];

    /// <summary>The way of a job whose output is there.</summary>
    internal static IReadOnlyList<JobStatus> PathOfDelivery(Job job) => job.Price == Msat.Zero ? AtOnce : Later;
}
