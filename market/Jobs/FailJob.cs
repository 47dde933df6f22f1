using Microsoft.Extensions.Logging;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// A job ends without an output. The customer hears the code, the reason and what to do, and has all of the price back.
/// </summary>
public sealed partial class FailJob(MoveJobs moves, JobEdges edges, ILogger<FailJob> log)
{
    /// <summary>The job as it is now, or null when it had moved on meanwhile.</summary>
    public async Task<Job?> HandleAsync(Job job, Problem problem, CancellationToken ct)
    {
        var change = job switch
        {
            { Status: JobStatus.Quoted } =>
                new(job, problem.Code, [JobStatus.Expired]) { ProblemCode = problem.Code },
            { IsPaid: true } => SettleJob.Refund(job, problem),
            _ => new JobChange(job, problem.Code, [JobStatus.Failed]) { ProblemCode = problem.Code },
        };
        var news = new JobNews(job, change.Path[^1])
        {
            Problem = problem,
            Refund = change.Refund is { } owed ? new(owed.Id, "pending", owed.Amount) : null,
        };
        var failed = await moves.MoveAsync(
            change with { Saying = await edges.Of(job).SayAsync(news, ct) }, ct);
        if (failed is not null) LogFailed(failed.Id, failed.Kind, problem.Code);
        return failed;
    }

    [LoggerMessage(LogLevel.Information, "Failed {JobId} of kind {Kind}: {Code}")]
    partial void LogFailed(string jobId, int kind, string code);
}
