using Microsoft.Extensions.Logging;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Ends a dispute: by the kind's own verifier where it has one, which re-checks what was delivered against what was
/// asked for; else as the offer said, when the time for a better verdict is up.
/// </summary>
public sealed partial class DecideDispute(
    MoveJobs moves, JobEdges edges, IEnumerable<JobOffer> offers, TimeProvider clock, ILogger<DecideDispute> log)
{
    static readonly TimeSpan CheckMax = TimeSpan.FromSeconds(30);

    readonly Dictionary<int, JobOffer> _offers = offers.ToDictionary(offer => offer.Kind);

    /// <summary>The job as it is now; null when no machine can say, or somebody else was first.</summary>
    internal async Task<Job?> ByMachineAsync(Job disputed, CancellationToken ct)
    {
        if (_offers.GetValueOrDefault(disputed.Kind)?.Executor is not { HasVerifier: true } executor) return null;

        try
        {
            var work = await edges.Of(disputed).OpenAsync(disputed, ct);
            var output = await edges.Of(disputed).ReadOutputAsync(disputed, ct);
            var wrong = await executor.VerifyAsync(work, output, ct).WaitAsync(CheckMax, clock, ct);
            return wrong is null
                ? await EndAsync(SettleJob.Settle(disputed, EscrowProblems.OutputUpheld.Code), ct)
                : await EndAsync(
                    SettleJob.Refund(disputed, EscrowProblems.OutputWrong with { Detail = wrong.Sentence }), ct,
                    EscrowProblems.OutputWrong with { Detail = wrong.Sentence });
        }
        catch (Exception e) when (e is TimeoutException or ProblemException && !ct.IsCancellationRequested)
        {
            // What cannot be checked now is decided by the time that was agreed.
            LogUndecided(disputed.Id, disputed.Kind, e.Message);
            return null;
        }
    }

    /// <summary>The outcome that the offer stated.</summary>
    internal Task<Job?> AtTimeoutAsync(Job disputed, CancellationToken ct)
    {
        var why = EscrowProblems.DisputeTimedOut;
        return disputed.Terms!.AtTimeout switch
        {
            DisputeOutcome.Settle => EndAsync(SettleJob.Settle(disputed, why.Code), ct),
            DisputeOutcome.Refund => EndAsync(SettleJob.Refund(disputed, why), ct, why),
            DisputeOutcome.Split => EndAsync(SettleJob.Split(disputed, why), ct, why),
        };
    }

    async Task<Job?> EndAsync(JobChange change, CancellationToken ct, Problem? problem = null)
    {
        var job = change.Before;
        var news = new JobNews(job, change.Path[^1])
        {
            Problem = problem,
            Notice = problem is null ? EscrowProblems.OutputUpheld : null,
            Refund = change.Refund is { } owed ? new(owed.Id, "pending", owed.Amount) : null,
        };
        var ended = await moves.MoveAsync(change with { Saying = await edges.Of(job).SayAsync(news, ct) }, ct);
        if (ended is not null) LogDecided(job.Id, ended.Status, change.Cause);
        return ended;
    }

    [LoggerMessage(LogLevel.Information, "The dispute about {JobId} ends: {Status}, {Cause}")]
    partial void LogDecided(string jobId, JobStatus status, string cause);

    [LoggerMessage(LogLevel.Warning, "The dispute about {JobId} of kind {Kind} waits: {Reason}")]
    partial void LogUndecided(string jobId, int kind, string reason);
}
