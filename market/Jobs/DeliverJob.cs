using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// An output that passed its check reaches the customer; a free job is settled by it, one with a price waits for its
/// acceptance, which silence is too.
/// </summary>
public sealed partial class DeliverJob(
    MoveJobs moves, JobEdges edges, IOptions<MarketOptions> options, TimeProvider clock, ILogger<DeliverJob> log)
{
    /// <summary>Intermediate results that one job may publish; further ones are left out.</summary>
    internal int PartsMax => options.Value.PartialsMax;

    /// <summary>The job as it is now, or null when it had moved on meanwhile: cancelled, or done by another.</summary>
    public async Task<Job?> HandleAsync(Job running, JobOutput output, CancellationToken ct)
    {
        var saying = await edges.Of(running).SayAsync(new(running, JobStatus.Delivered) { Output = output }, ct);
        var delivered = await moves.MoveAsync(
            new(running, "delivered", SettleJob.PathOfDelivery(running))
            {
                Saying = saying,
                OutputMime = output.Mime,
                Confidence = output.Confidence,
                AcceptBy = clock.GetUtcNow() + running.Terms?.AcceptWithin,
            },
            ct);
        if (delivered is not null) LogDelivered(delivered.Id, delivered.Kind);
        return delivered;
    }

    /// <summary>An intermediate result; the job stays in work.</summary>
    public async Task<Job?> PartAsync(Job running, string partial, CancellationToken ct)
    {
        var saying = await edges.Of(running).SayAsync(new(running, JobStatus.Running) { Partial = partial }, ct);
        return await moves.MoveAsync(new(running, "partial", [JobStatus.Running]) { Saying = saying }, ct);
    }

    [LoggerMessage(LogLevel.Debug, "Delivered {JobId} of kind {Kind}")]
    partial void LogDelivered(string jobId, int kind);
}
