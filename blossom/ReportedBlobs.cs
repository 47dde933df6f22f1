using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>
/// What an operator sees of reports (BUD-09), and decides: a blob is blocked for good or allowed whoever reports it.
/// Running servers heed a verdict within seconds: <see cref="Verdicts"/>.
/// </summary>
public static class ReportedBlobs
{
    /// <summary>The undecided first, of these the most reported.</summary>
    /// <param name="db">Where the server's rows are.</param>
    /// <param name="most">How many.</param>
    /// <param name="ct">Ends the question.</param>
    public static Task<List<ReportedBlob>> ListAsync(NpgsqlDataSource db, int most, CancellationToken ct) =>
        db.ManyAsync<ReportedBlob>(SelectReported, new { most }, ct);

    /// <exception cref="ProblemException">It is no hash.</exception>
    public static async Task DecideAsync(NpgsqlDataSource db, string sha256, bool blocked, CancellationToken ct)
    {
        if (!Hex.Is32(sha256)) throw new ProblemException(BlossomProblems.BadHash);
        await db.RunAsync(UpsertVerdict, new { sha256, blocked }, ct);
    }

    const string SelectReported = """
        select r.sha256 as Sha256, b.size_bytes as SizeBytes, b.media_type as MediaType, count(*) as Reporters,
               string_agg(distinct left(r.reason, 40), ', ') as Reasons,
               extract(epoch from date_trunc('second', max(r.reported_at)))::bigint as ReportedAt,
               left((array_agg(r.event_json ->> 'content' order by r.reported_at desc))[1], 500) as Text,
               case when v.blocked then 'blocked'
                    when not v.blocked then 'allowed'
                    when b.sha256 is null then 'gone'
                    else 'undecided' end as State
          from blossom.report r
          left join blossom.blob b on b.sha256 = r.sha256
          left join blossom.verdict v on v.sha256 = r.sha256
         group by r.sha256, b.sha256, v.sha256
         order by (v.sha256 is null and b.sha256 is not null) desc, count(*) desc, max(r.reported_at) desc
         limit @most
        """;

    const string UpsertVerdict = """
        insert into blossom.verdict (sha256, blocked)
        values (@sha256, @blocked)
        on conflict (sha256) do update set blocked = excluded.blocked, decided_at = now()
        """;
}

/// <param name="Sha256">Of the blob.</param>
/// <param name="SizeBytes">Null when it is not kept any more.</param>
/// <param name="MediaType">As it was uploaded; null likewise.</param>
/// <param name="Reporters">How many keys.</param>
/// <param name="Reasons">Their words of NIP-56, each once. Strangers wrote them.</param>
/// <param name="ReportedAt">The last time, Unix seconds.</param>
/// <param name="Text">What the last of them said.</param>
/// <param name="State">undecided, allowed, blocked, or gone.</param>
public sealed record ReportedBlob(
    string Sha256, long? SizeBytes, string? MediaType, long Reporters, string Reasons, long ReportedAt, string Text,
    string State);
