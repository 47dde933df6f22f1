using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Escrow;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// Acts at each of the four deadlines, once the time in which this service was deaf is credited: an unpaid quote ends,
/// work that is due fails and is refunded, a result that nobody objected to is accepted, a dispute that nobody decided
/// ends as its offer said. Whoever runs a job stops it at its deadline by itself: this is for those that nobody runs.
/// </summary>
public sealed partial class ExpireJobs(
    NpgsqlDataSource db, FailJob fail, AcceptDelivery accept, DecideDispute decide, IListeningRecord listening,
    TimeProvider clock, ILogger<ExpireJobs> log) : BackgroundService
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

        var windows = await listening.BlindAsync("jobs", overdue.Min(job => job.DeadlineSince), now, ct);
        foreach (var job in overdue)
        {
            if (BlindCredit.Credit(job.DeadlineSince, job.Deadline!.Value, windows) > now - Grace) continue;
            try
            {
                await EndAsync(job, ct);
            }
            catch (ProblemException e)
            {
                LogStuck(job.Id, job.Status, e.Problem.Code);
            }
        }
    }

    Task EndAsync(Job job, CancellationToken ct) => job.Status switch
    {
        JobStatus.Quoted => fail.HandleAsync(job, JobProblems.Unpaid, ct),
        JobStatus.Delivered => accept.AcceptAsync(job, "silence", ct),
        JobStatus.Disputed => decide.AtTimeoutAsync(job, ct),
        _ => fail.HandleAsync(job, JobProblems.DeadlinePassed, ct),
    };

    const string SelectOverdue = $"""
        (select {JobRows.Columns}
           from market.job j
          where j.status = 'running' and j.submit_by < @due
          order by j.submit_by
          limit 1000)
        union all
        (select {JobRows.Columns}
           from market.job j
          where j.status in ('quoted', 'locked', 'delivered', 'disputed')
            and (case j.status when 'quoted' then j.pay_by when 'locked' then j.submit_by
                               when 'delivered' then j.accept_by else j.arbitrate_by end) < @due
          limit 1000)
        """;

    [LoggerMessage(LogLevel.Warning, "Could not look for overdue jobs: {Reason}")]
    partial void LogInterrupted(string reason);

    [LoggerMessage(LogLevel.Error, "{JobId} is overdue and stays {Status}: {Code}")]
    partial void LogStuck(string jobId, JobStatus status, string code);
}
