using Microsoft.Extensions.Options;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// The payer dislikes a result. The first word of it stops the clock for a day and is answered with how a dispute is
/// confirmed; a second one with a reason opens it. Where the kind of job can be checked by machine, that decides it.
/// </summary>
public sealed class DisputeDelivery(
    MoveJobs moves, JobEdges edges, ReadJob jobs, DecideDispute decide, IOptions<EscrowOptions> options,
    TimeProvider clock)
{
    const int TriesMax = 5;

    /// <summary>Null when it was heard; else why it changes nothing.</summary>
    /// <param name="jobId">What was delivered.</param>
    /// <param name="customer">Who dislikes it.</param>
    /// <param name="reason">Why; empty where nothing was said.</param>
    /// <param name="ct">Stops it; what is committed stays.</param>
    public async Task<Problem?> HandleAsync(string jobId, string customer, string reason, CancellationToken ct)
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var job = await jobs.FindAsync(jobId, ct);
            if (job is { Status: JobStatus.Disputed } && job.Customer == customer)
            {
                // Opened by a process that died before the verdict, or by one that could not check it then.
                await decide.ByMachineAsync(job, ct);
                return null;
            }

            if (AcceptDelivery.Refuse(job, customer) is { } problem) return problem;
            if (job!.Status == JobStatus.Settled) return EscrowProblems.SettledAlready;
            if (job.DoubtedAt is not null && reason.Length == 0) return null;

            var change = job.DoubtedAt is null ? await DoubtAsync(job, ct) : await OpenAsync(job, ct);
            if (await moves.MoveAsync(change, ct) is not { } moved) continue;

            if (moved.Status == JobStatus.Disputed) await decide.ByMachineAsync(moved, ct);
            return null;
        }

        return EscrowProblems.Busy;
    }

    async Task<JobChange> DoubtAsync(Job job, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var pause = options.Value.DoubtPause;
        var news = new JobNews(job, JobStatus.Delivered) { Notice = EscrowProblems.DisputeUnconfirmed };
        return new(job, EscrowProblems.DisputeUnconfirmed.Code, [JobStatus.Delivered])
        {
            Saying = await edges.Of(job).SayAsync(news, ct),
            DoubtedAt = now,
            AcceptBy = job.AcceptBy + pause,
        };
    }

    async Task<JobChange> OpenAsync(Job job, CancellationToken ct)
    {
        var news = new JobNews(job, JobStatus.Disputed) { Notice = EscrowProblems.Disputed };
        return new(job, EscrowProblems.Disputed.Code, [JobStatus.Disputed])
        {
            Saying = await edges.Of(job).SayAsync(news, ct),
            ArbitrateBy = clock.GetUtcNow() + job.Terms!.ArbitrateWithin,
        };
    }
}
