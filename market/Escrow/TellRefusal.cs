using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Ecash that came for a quoted job is no good: whoever asked for the job is told why, and the quote stands. What
/// others send is not answered: anybody can send anything.
/// </summary>
public sealed class TellRefusal(
    NpgsqlDataSource db, ReadJob jobs, JobEdges edges, QuoteWays ways, IOutbox outbox)
{
    /// <param name="jobId">That was to be paid.</param>
    /// <param name="sender">Of the ecash.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="ct">Stops it; nothing is said then.</param>
    public async Task HandleAsync(string jobId, string sender, Problem problem, CancellationToken ct)
    {
        if (await PrepareAsync(jobId, sender, problem, ct) is { } tell) await db.InTransactionAsync(tell, ct);
    }

    /// <summary>What is to be written so that they hear of it; null where nobody is to.</summary>
    internal async Task<Func<NpgsqlTransaction, Task>?> PrepareAsync(
        string jobId, string? sender, Problem problem, CancellationToken ct)
    {
        if (await jobs.FindAsync(jobId, ct) is not { Status: JobStatus.Quoted } job || job.Customer != sender)
        {
            return null;
        }

        // It may be the first word about this job: then it is the quote too.
        var news = new JobNews(job, job.Status)
        {
            Quote = await ways.ForAsync(job, ct),
            Notice = problem with { Price = job.Price },
        };
        var saying = await edges.Of(job).SayAsync(news, ct);
        return async tx =>
        {
            await outbox.AddAsync(tx, saying.Entries, ct);
            await tx.RunAsync(ReceiveJobPayment.Said, new { job.Id, saying.SaidAt }, ct);
        };
    }
}
