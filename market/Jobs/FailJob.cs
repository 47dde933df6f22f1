using Microsoft.Extensions.Logging;

namespace PoA.Nostr.Market.Jobs;

/// <summary>A job ends without an output. The customer hears the code, the reason and what to do.</summary>
public sealed partial class FailJob(MoveJobs moves, JobEdges edges, ILogger<FailJob> log)
{
    /// <summary>The job as it is now, or null when it had moved on meanwhile.</summary>
    public async Task<Job?> HandleAsync(Job job, Problem problem, CancellationToken ct)
    {
        var saying = await edges.Of(job).SayAsync(new(job, JobStatus.Failed) { Problem = problem }, ct);
        var failed = await moves.MoveAsync(
            new(job, problem.Code, [JobStatus.Failed]) { Saying = saying, ProblemCode = problem.Code }, ct);
        if (failed is not null) LogFailed(failed.Id, failed.Kind, problem.Code);
        return failed;
    }

    [LoggerMessage(LogLevel.Information, "Failed {JobId} of kind {Kind}: {Code}")]
    partial void LogFailed(string jobId, int kind, string code);
}
