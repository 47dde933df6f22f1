using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Market.Escrow;

/// <summary>What a customer said about paying, in the request itself.</summary>
/// <param name="Way">"balance", or null.</param>
/// <param name="Token">A Cashu token, or null.</param>
public readonly record struct PaymentOffer(string? Way, string? Token);

/// <summary>
/// A job with a price was admitted: it is paid out of the customer's balance where the request says so, or with the
/// ecash that it brings; else the customer is told the price and every way to pay it.
/// </summary>
public sealed class PayJob(
    NpgsqlDataSource db, OfferTerms terms, AcceptJob accept, QuoteWays ways, PayWithToken tokens, JobEdges edges,
    ReadJob jobs, IOutbox outbox)
{
    public const string FromBalance = "balance";

    /// <summary>The job with what is agreed about it.</summary>
    public Job WithTerms(Job received, Agent agent) => terms.WithTerms(received, agent);

    public async Task HandleAsync(Job received, JobWork work, PaymentOffer offer, CancellationToken ct)
    {
        if (offer.Token is { } token)
        {
            await WithTokenAsync(received, token, ct);
            return;
        }

        var problem = offer.Way == FromBalance
            ? await accept.HandleAsync(received, work, AccountCode.Balance(received.Customer), ct)
            : null;
        if (offer.Way == FromBalance && problem is null) return;

        await accept.QuoteAsync(received, await ways.ForAsync(received, ct), problem, ct);
    }

    /// <summary>The job is quoted without a word; when its ecash is no good, the quote says so.</summary>
    async Task WithTokenAsync(Job received, string token, CancellationToken ct)
    {
        if (Read(token, out var problem) is not { } read)
        {
            await accept.QuoteAsync(received, await ways.ForAsync(received, ct), problem, ct);
            return;
        }

        await accept.QuoteAsync(received, null, null, ct);
        var outcome = await tokens.ForJobAsync(
            received.Id, read, new("cashu", received.Customer, IsPublic: !received.Private), ct);
        if (outcome.Refusal is { } refusal) await QuoteNowAsync(received, refusal, ct);
    }

    /// <summary>Once: when nothing was said about the job yet.</summary>
    async Task QuoteNowAsync(Job received, Problem problem, CancellationToken ct)
    {
        if (await jobs.FindAsync(received.Id, ct) is not { Status: JobStatus.Quoted } job) return;

        var news = new JobNews(job, JobStatus.Quoted) { Quote = await ways.ForAsync(job, ct), Notice = problem };
        var change = new JobChange(job, problem.Code, [JobStatus.Quoted])
        {
            Saying = await edges.Of(job).SayAsync(news, ct),
        };
        await db.InTransactionAsync(
            async tx =>
            {
                if (await tx.RunAsync(SayFirst, new { job.Id, received.SaidAt, Now = change.Saying.SaidAt }, ct) == 1)
                {
                    await JobRecords.AddAsync(tx, outbox, [change], ct);
                }
            },
            ct);
    }

    static CashuToken? Read(string text, out Problem? problem)
    {
        problem = null;
        try
        {
            return CashuToken.Parse(text);
        }
        catch (ProblemException e)
        {
            problem = e.Problem;
            return null;
        }
    }

    const string SayFirst = "update market.job set said_at = @Now where id = @Id and said_at = @SaidAt";
}
