using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>PUT /report (BUD-09): a signed kind 1984 event that names blobs. Its signature is its authorization.</summary>
public sealed partial class ReportBlob(NpgsqlDataSource db, ILogger<ReportBlob> log)
{
    const int Kind = 1_984;
    const int HashesMax = 64;

    public static void MapReportBlob(IEndpointRouteBuilder routes) =>
        routes.MapPut("/report", (HttpContext http, ReportBlob slice) => slice.HandleAsync(http));

    async Task<IResult> HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        var body = await BoundedBody.ReadAsync(http.Request, Limits.EventBytesMax, ct);
        var report = EventJson.TryParse(body, out var problem) ?? throw new ProblemException(problem!);
        if (report.Kind != Kind) throw new ProblemException(BlossomProblems.BadRequest with { Detail = "A report has kind 1984." });
        var hashes = report.TagsNamed("x").Where(tag => Hex.Is32(tag[1])).Take(HashesMax).ToList();
        if (hashes.Count == 0) throw new ProblemException(BlossomProblems.BadRequest with { Detail = "It names no blob." });
        if (VerifiedEvent.TryVerify(report, out problem) is null) throw new ProblemException(problem!);

        foreach (var tag in hashes)
        {
            await db.RunAsync(InsertReport, new
            {
                report.Id, sha256 = tag[1], reporter = report.Pubkey, reason = tag.Length > 2 ? tag[2] : "other",
                json = System.Text.Encoding.UTF8.GetString(body),
            }, ct);
            LogReported(tag[1], report.Id);
        }

        return TypedResults.Ok();
    }

    const string InsertReport = """
        insert into blossom.report (event_id, sha256, reporter, reason, event_json)
        values (@Id, @sha256, @reporter, @reason, @json::jsonb)
        on conflict do nothing
        """;

    [LoggerMessage(LogLevel.Warning, "Blob {Sha256} was reported by event {EventId}")]
    partial void LogReported(string sha256, string eventId);
}
