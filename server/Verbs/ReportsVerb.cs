using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using PoA.Nostr.Blossom;

namespace PoA.Nostr.Server.Verbs;

/// <summary>
/// <c>./poa reports</c>: what strangers reported of the blobs that are kept here (BUD-09), and the operator's verdict.
/// </summary>
static class ReportsVerb
{
    const int ListedMax = 200;
    const int TextCharsMax = 300;

    static readonly JsonSerializerOptions Wire =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    static readonly Argument<string> Hash = new("sha256") { Description = "The blob's hash, 64 hex digits." };

    public static Command Create()
    {
        var verb = new Command("reports", "List what was reported of the blobs kept here, the undecided first.")
        {
            Verb.Data,
            Verb.Json,
            Deciding("block", "Drop a blob, and neither serve nor take it again.", blocked: true),
            Deciding("allow", "Serve a blob whoever reports it; take it again if it was blocked.", blocked: false),
        };
        verb.SetAction(async (parsed, ct) =>
        {
            await using var db = NpgsqlDataSource.Create(Verb.Connection(parsed));
            var reported = await ReportedBlobs.ListAsync(db, ListedMax, ct);
            Console.WriteLine(parsed.GetValue(Verb.Json)
                ? JsonSerializer.Serialize(reported, Wire)
                : reported.Count == 0 ? "Nothing was reported." : string.Join('\n', reported.Select(Describe)));
            return 0;
        });
        return verb;
    }

    static Command Deciding(string name, string about, bool blocked)
    {
        var verb = new Command(name, about) { Hash, Verb.Data };
        verb.SetAction(async (parsed, ct) =>
        {
            var sha256 = parsed.GetValue(Hash)!;
            await using var db = NpgsqlDataSource.Create(Verb.Connection(parsed));
            await ReportedBlobs.DecideAsync(db, sha256, blocked, ct);
            Console.WriteLine(blocked
                ? $"{sha256} is blocked: running servers drop it within seconds."
                : $"{sha256} is allowed.");
            return 0;
        });
        return verb;
    }

    static string Describe(ReportedBlob blob)
    {
        var what = blob.SizeBytes is { } size ? $"{Number(size)} bytes of {Plain(blob.MediaType!)}" : "not kept here";
        var when = DateTimeOffset.FromUnixTimeSeconds(blob.ReportedAt)
            .ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var said = blob.Text.Length == 0 ? "" : $"\n  \"{Plain(blob.Text)}\"";
        return $"{blob.Sha256}  {blob.State}\n  {what}; by {Number(blob.Reporters)} "
            + $"({Plain(blob.Reasons)}), last {when} UTC{said}";
    }

    /// <summary>Strangers wrote it, and this is somebody's terminal.</summary>
    static string Plain(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c).Take(TextCharsMax));

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
