using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>
/// PUT /report (BUD-09): a signed kind 1984 event that names blobs. Its signature is its authorization. One key has one
/// report of a blob; a later one takes its place.
/// </summary>
public sealed partial class ReportBlob(NpgsqlDataSource db, ILogger<ReportBlob> log)
{
    const int HashesMax = 64;
    const int BodyBytesMax = 16 * 1024;

    public static void MapReportBlob(IEndpointRouteBuilder routes) =>
        routes.MapPut("/report", (HttpContext http, ReportBlob slice) => slice.HandleAsync(http));

    async Task<IResult> HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        var body = await BoundedBody.ReadAsync(http.Request, BodyBytesMax, ct);
        var report = EventJson.TryParse(body, out var problem) ?? throw new ProblemException(problem!);
        if (Refuse(report) is { } refusal) throw new ProblemException(refusal);

        var known = await db.ManyAsync<string>(UpsertReports, new
        {
            report.Id,
            reporter = report.Pubkey,
            json = Encoding.UTF8.GetString(body),
            hashes = HashesOf(report).ToArray(),
            reasons = ReasonsOf(report).ToArray(),
        }, ct);
        if (known.Count == 0) throw new ProblemException(BlossomProblems.NotFound);

        foreach (var sha256 in known) LogReported(sha256, report.Id);
        return TypedResults.Ok();
    }

    /// <summary>Cheap rules first, the signature last. Null means that it counts.</summary>
    internal static Problem? Refuse(NostrEvent report)
    {
        if (report.Kind != BlossomWords.ReportKind)
        {
            return BlossomProblems.BadRequest with { Detail = "A report has kind 1984." };
        }

        if (HashesOf(report).Count() is 0 or > HashesMax)
        {
            return BlossomProblems.BadRequest with { Detail = $"A report names 1 to {HashesMax} blobs by x tags." };
        }

        return VerifiedEvent.TryVerify(report, out var problem) is null ? problem : null;
    }

    static IEnumerable<string[]> Named(NostrEvent report) =>
        report.TagsNamed("x").Where(tag => Hex.Is32(tag[1])).DistinctBy(tag => tag[1]);

    static IEnumerable<string> HashesOf(NostrEvent report) => Named(report).Select(tag => tag[1]);

    static IEnumerable<string> ReasonsOf(NostrEvent report) =>
        Named(report).Select(tag => tag.Length > 2 ? tag[2] : "other");

    /// <summary>Only of blobs that are kept here: a stranger fills no table with hashes of his own.</summary>
    const string UpsertReports = """
        insert into blossom.report (sha256, reporter, event_id, reason, event_json)
        select b.sha256, @reporter, @Id, named.reason, @json::jsonb
          from unnest(@hashes, @reasons) as named (sha256, reason)
          join blossom.blob b on b.sha256 = named.sha256
        on conflict (sha256, reporter) do update
           set event_id = excluded.event_id, reason = excluded.reason, event_json = excluded.event_json,
               reported_at = now()
        returning sha256
        """;

    [LoggerMessage(LogLevel.Warning, "Blob {Sha256} was reported by event {EventId}")]
    partial void LogReported(string sha256, string eventId);
}
