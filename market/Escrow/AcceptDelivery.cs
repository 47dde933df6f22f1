using Microsoft.Extensions.Logging;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Escrow;

/// <summary>A result is accepted, by its payer's word, by a zap on it or by silence: the payee is paid.</summary>
public sealed partial class AcceptDelivery(MoveJobs moves, ReadJob jobs, ILogger<AcceptDelivery> log)
{
    const int TriesMax = 5;

    /// <summary>Null when it is settled, by this or before; else why the caller cannot accept it.</summary>
    /// <param name="jobId">What was delivered.</param>
    /// <param name="customer">Who accepts it.</param>
    /// <param name="cause">For the audit: "reaction", "zap".</param>
    /// <param name="ct">Stops it; what is committed stays.</param>
    public async Task<Problem?> HandleAsync(string jobId, string customer, string cause, CancellationToken ct)
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var job = await jobs.FindAsync(jobId, ct);
            if (Refuse(job, customer) is { } problem) return problem;
            if (job!.Status == JobStatus.Settled || await AcceptAsync(job, cause, ct)) return null;
        }

        return EscrowProblems.Busy;
    }

    /// <summary>False when the job has moved on meanwhile.</summary>
    internal async Task<bool> AcceptAsync(Job job, string cause, CancellationToken ct)
    {
        var settled = await moves.MoveAsync(SettleJob.Settle(job, cause), ct);
        if (settled is not null) LogAccepted(job.Id, job.Kind, cause);
        return settled is not null;
    }

    /// <summary>Pure. Whoever asked for a job is its payer here, whoever sent the money.</summary>
    internal static Problem? Refuse(Job? job, string customer) =>
        job is null || job.Customer != customer ? EscrowProblems.NotYours :
        job.Status is JobStatus.Delivered or JobStatus.Settled ? null :
        EscrowProblems.NotDelivered with { Detail = $"It is {job.Status.Word()}." };

    [LoggerMessage(LogLevel.Debug, "{JobId} of kind {Kind} is accepted by {Cause}")]
    partial void LogAccepted(string jobId, int kind, string cause);
}
