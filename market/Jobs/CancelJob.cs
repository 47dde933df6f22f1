using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// A customer takes requests back (kind 5 over Nostr): unpaid they end, paid they are refunded in full. What is
/// delivered already stays delivered.
/// </summary>
public sealed class CancelJob(NpgsqlDataSource db, FailJob fail, JobsInHand inHand)
{
    const int TriesMax = 5;

    /// <summary>Cancels those of the jobs that are this customer's and still in work. Others are left alone.</summary>
    public async Task HandleAsync(string customer, IReadOnlyList<string> jobIds, CancellationToken ct)
    {
        // A job in work may change under us by a partial result: then it is read again.
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var jobs = await db.ManyAsync<JobRow>(SelectRunning, new { customer, jobIds }, ct);
            if (jobs.Count == 0) return;

            foreach (var job in jobs)
            {
                if (await fail.HandleAsync(job.ToJob(), JobProblems.Cancelled, ct) is null) continue;
                inHand.Stop(job.Id);
                await Notifications.SayAsync(db, JobsInHand.OverTopic, job.Id, ct);
            }
        }
    }

    const string SelectRunning = $"""
        select {JobRows.Columns}
          from market.job j
         where j.id = any(@jobIds) and j.customer = @customer and j.status in ('quoted', 'locked', 'running')
        """;
}
