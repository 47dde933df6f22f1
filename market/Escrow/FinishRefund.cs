using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Escrow;

/// <summary>A refund is where its payer can have it: kept and said once, in one transaction.</summary>
public sealed class FinishRefund(NpgsqlDataSource db, JobEdges edges, ReadJob jobs, IOutbox outbox)
{
    /// <param name="refund">As it was claimed.</param>
    /// <param name="state">"ready" or "collected".</param>
    /// <param name="way">How it went.</param>
    /// <param name="more">What else belongs into the transaction: the last move of the money, an event.</param>
    /// <param name="ct">Stops it; nothing is kept then.</param>
    public async Task HandleAsync(
        Refund refund, string state, string way, Func<NpgsqlTransaction, Task> more, CancellationToken ct)
    {
        var job = refund.Job is { } id ? await jobs.FindAsync(id, ct) : null;
        var saying = job is null ? null : await edges.Of(job).SayAsync(NewsOf(job, refund, state, way), ct);
        await db.InTransactionAsync(
            async tx =>
            {
                if (await tx.RunAsync(Finish, new { refund.Id, state, way }, ct) == 0) return;

                await more(tx);
                if (saying is null) return;

                await outbox.AddAsync(tx, saying.Entries, ct);
                await tx.RunAsync(ReceiveJobPayment.Said, new { job!.Id, saying.SaidAt }, ct);
            },
            ct);
    }

    static JobNews NewsOf(Job job, Refund refund, string state, string way)
    {
        var news = new JobNews(job, job.Status) { Refund = new(refund.Id, state, refund.Amount, way) };
        var word = EscrowProblems.Refunded with { Detail = Words(way) };
        return job.Status is JobStatus.Refunded or JobStatus.Expired or JobStatus.Split
            ? news with { Problem = word }
            : news with { Notice = word };
    }

    static string Words(string way) => way switch
    {
        "balance" => "It is on your balance here.",
        "nutzap" => "It is in a nutzap to you.",
        "lightning" => "It went to your Lightning address.",
        _ => "It is a Cashu token in a private message to you.",
    };

    const string Finish = """
        update market.refund
           set state = @state, way = @way, last_error = null, changed_at = now()
         where id = @Id and state = 'pending'
        """;
}
