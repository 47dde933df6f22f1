using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// Works on jobs: those that this process accepted a moment ago, and those whose lease ran out because the process
/// that had them is gone. Any number of processes may do this on one database.
/// </summary>
public sealed partial class RunJobs(
    ClaimJobs claims, JobsInHand inHand, RunJob run, Notifications notifications, IOptions<MarketOptions> options,
    TimeProvider clock, ILogger<RunJobs> log) : BackgroundService
{
    /// <summary>How often the table is looked at for jobs that nobody holds.</summary>
    static readonly TimeSpan ClaimInterval = TimeSpan.FromSeconds(1);

    DateTimeOffset _nextClaim = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loop = new ClaimLoop<JobInHand>(
            TakeAsync, WorkAsync, LogInterrupted, options.Value.JobsAtOnceMax, ClaimInterval);
        var renewing = RenewAsync(stoppingToken);
        using var over = notifications.On(JobsInHand.OverTopic, inHand.Stop);
        await loop.RunAsync(inHand.Added, stoppingToken);
        await renewing;
        await claims.ReleaseAsync([.. inHand.All], CancellationToken.None);
    }

    async Task<IReadOnlyList<JobInHand>> TakeAsync(int max, CancellationToken ct)
    {
        var taken = inHand.TakeWaiting(max);
        var now = clock.GetUtcNow();
        if (taken.Count == max || (now < _nextClaim && !inHand.HasPaid)) return taken;

        _nextClaim = now + ClaimInterval;
        inHand.HasPaid = false;
        try
        {
            taken.AddRange(await claims.ClaimAsync(max - taken.Count, ct));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What waits here already is worked on all the same.
            LogInterrupted(e);
        }

        return taken;
    }

    async Task WorkAsync(JobInHand held, CancellationToken ct)
    {
        try
        {
            await run.HandleAsync(held, ct);
        }
        finally
        {
            // Those that the end of the process interrupts stay, so that their leases are given back.
            if (!ct.IsCancellationRequested) inHand.Remove(held);
        }
    }

    async Task RenewAsync(CancellationToken ct)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.Lease / 4, clock);
            while (await timer.WaitForNextTickAsync(ct))
            {
                try
                {
                    await claims.RenewAsync(ct);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    LogInterrupted(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    [LoggerMessage(LogLevel.Error, "Working on jobs was interrupted")]
    partial void LogInterrupted(Exception e);
}
