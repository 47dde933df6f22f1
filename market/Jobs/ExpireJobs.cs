using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// Ends jobs whose work was due, once the time in which this service was deaf is credited. Whoever runs a job stops it
/// at its deadline by itself: this is for those that nobody runs.
/// </summary>
public sealed partial class ExpireJobs(
    NpgsqlDataSource db, FailJob fail, IListeningRecord listening, TimeProvider clock, ILogger<ExpireJobs> log)
    : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>The runner's own moment to say so comes first.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                LogInterrupted(e.Message);
            }
        }
    }

    /// <summary>One look; public time is the clock's.</summary>
    internal async Task SweepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var overdue = (await db.ManyAsync<JobRow>(SelectOverdue, new { due = now - Grace }, ct))
            .ConvertAll(row => row.ToJob());
        if (overdue.Count == 0) return;

        var windows = await listening.BlindAsync("jobs", overdue.Min(job => job.ReceivedAt), now, ct);
        foreach (var job in overdue)
        {
            if (BlindCredit.Credit(job.ReceivedAt, job.SubmitBy!.Value, windows) > now - Grace) continue;
            await fail.HandleAsync(job, JobProblems.DeadlinePassed, ct);
        }
    }

    const string SelectOverdue = $"""
        select {JobRows.Columns}
          from market.job j
         where j.status = 'running' and j.submit_by < @due
         order by j.submit_by
         limit 1000
        """;

    [LoggerMessage(LogLevel.Warning, "Could not look for overdue jobs: {Reason}")]
    partial void LogInterrupted(string reason);
}
