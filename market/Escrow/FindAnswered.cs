using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Which job somebody means who names an event: its request, the quote that it was answered with, or its result.
/// </summary>
public sealed class FindAnswered(NpgsqlDataSource db)
{
    /// <summary>Null when it is about no job with a price of ours.</summary>
    public Task<AnsweredJob?> FindAsync(string eventId, CancellationToken ct) =>
        db.OneAsync<AnsweredJob>(Select, new { eventId }, ct);

    const string Select = """
        select job as Job, kind as Kind from market.job_answer where event_id = @eventId
        union all
        select id, kind from market.job where id = @eventId and price_msat > 0
        limit 1
        """;
}

/// <param name="Job">Its id.</param>
/// <param name="Kind">Of the event that was named: 7000 for a quote, else that of the result or the request.</param>
public sealed record AnsweredJob(string Job, int Kind);
