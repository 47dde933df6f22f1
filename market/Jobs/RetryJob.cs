using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// An executor crashed: the job goes back to the table for another attempt, a little later each time, and has failed
/// after the last. A process that died in the middle counts as a crash too.
/// </summary>
public sealed partial class RetryJob(
    MoveJobs moves, FailJob fail, IOptions<MarketOptions> options, TimeProvider clock, ILogger<RetryJob> log)
{
    static readonly TimeSpan DelayPerAttempt = TimeSpan.FromSeconds(1);

    internal bool IsExhausted(Job job) => job.Attempts > options.Value.AttemptsMax;

    internal async Task HandleAsync(Job job, Exception crash, CancellationToken ct)
    {
        LogCrashed(job.Id, job.Kind, job.Attempts, crash);
        if (job.Attempts >= options.Value.AttemptsMax)
        {
            await fail.HandleAsync(job, JobProblems.ExecutorCrashed, ct);
            return;
        }

        var until = clock.GetUtcNow() + (DelayPerAttempt * job.Attempts);
        await moves.MoveAsync(new(job, "crashed", [JobStatus.Running]) { LeasedUntil = until }, ct);
    }

    [LoggerMessage(LogLevel.Warning, "The work on {JobId} of kind {Kind} crashed at attempt {Attempt}")]
    partial void LogCrashed(string jobId, int kind, int attempt, Exception crash);
}
