using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Jobs;

/// <summary>How the jobs of each agent ended, counted over all of them.</summary>
public sealed class CountOutcomes(NpgsqlDataSource db)
{
    /// <summary>By agent; one without an ended job is not among them.</summary>
    public async Task<IReadOnlyDictionary<string, JobOutcomes>> HandleAsync(CancellationToken ct)
    {
        var rows = await db.ManyAsync<Row>(Select, null, ct);
        return rows.ToDictionary(
            row => row.Agent, row => new JobOutcomes(row.Ended, row.Settled, row.Failed, row.Disputed));
    }

    sealed record Row(string Agent, long Ended, long Settled, long Failed, long Disputed);

    const string Select = """
        select j.agent as Agent, count(*) as Ended, count(*) filter (where j.status = 'settled') as Settled,
               count(*) filter (where j.status in ('failed', 'refunded')) as Failed,
               count(*) filter (where j.price_msat > 0 and exists (
                   select from market.job_audit a where a.job_id = j.id and a.to_status = 'disputed')) as Disputed
          from market.job j
         where j.status in ('settled', 'failed', 'refunded', 'split')
         group by j.agent
        """;
}

/// <param name="Ended">Taken on, and over.</param>
/// <param name="Settled">Delivered, and accepted or not contested.</param>
/// <param name="Failed">Without a result, or given back.</param>
/// <param name="Disputed">Contested by the customer, however that ended.</param>
public sealed record JobOutcomes(long Ended, long Settled, long Failed, long Disputed);
