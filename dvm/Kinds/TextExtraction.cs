using System.Globalization;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Fetch;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>Kind 5000: the text of a document: a web page, a PDF, DOCX, ODT, EPUB, subtitles, plain text.</summary>
public sealed class TextExtraction(SafeFetch fetch, SafeAddress addresses) : JobKind
{
    const string HashTag = "x";

    /// <summary>A document takes many times its size while it is read: so many at once, no more.</summary>
    static readonly SemaphoreSlim Places = new(Math.Max(2, Environment.ProcessorCount));

    static readonly FetchLimits FileLimits = new(DocumentText.FileBytesMax, TimeSpan.FromSeconds(15));

    public override int Kind => 5000;
    public override string Capability => "text-extraction";
    public override string Name => "Text extraction";
    public override Msat Price => Msat.FromSat(10);
    public override TimeSpan Deadline => TimeSpan.FromMinutes(1);

    public override string About =>
        "The text of a web page, PDF, DOCX, ODT, EPUB or subtitle file (up to 16 MiB), by its address or as it is. "
        + "Subtitles come as plain text, or as segments with their times.";

    public override IReadOnlyList<JobKindParam> Params { get; } =
    [
        new("alignment", "raw for plain text; segment for JSON with start and end in seconds.", false,
            ["raw", "segment"]),
    ];

    public override JobExample Example { get; } = new(
        [new(
            "<html><head><title>A page</title><style>p{color:red}</style></head><body><h1>Nostr &amp; notes</h1>"
            + "<p>Every note is <b>signed</b> by its author.</p><ul><li>Relays keep notes.</li></ul></body></html>",
            JobInputType.Text)],
        [new("alignment", ["raw"])]);

    public override Problem? Refuse(JobWork work) =>
        work.Inputs.Count != 1 ? KindsProblems.InputMissing with { Detail = "One document is read at a time." } :
        work.Inputs[0].Type == JobInputType.Event ? KindsProblems.InputUnsupported :
        string.IsNullOrWhiteSpace(work.Inputs[0].Data) ? KindsProblems.InputMissing :
        work.Inputs[0].Data.Length > Limits.JobInputBytesMax ? KindsProblems.InputTooLarge :
        (work.Any("alignment") ?? "raw") is not ("raw" or "segment") ?
            KindsProblems.Param("alignment", "raw or segment") :
        RefuseAddress(work.Inputs[0]);

    public override async Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct)
    {
        var document = await ReadAsync(work.Inputs[0], ct);
        using var place = await PlaceAsync(ct);
        var text = await DocumentText.ReadAsync(document, ct);
        if (text.Text.Length == 0) throw new ProblemException(KindsProblems.NoText);
        if (text.Text.Length > Limits.OutputBytesMax) throw new ProblemException(KindsProblems.InputTooLarge);

        List<string[]> tags = [[HashTag, document.Sha256], ["format", text.Format]];
        if (work.Any("alignment") != "segment") return new(text.Text, Tags: tags);

        return text.Segments.Count > 0
            ? new(Json(text.Segments), "application/json", tags)
            : throw new ProblemException(KindsProblems.NoSegments);
    }

    /// <summary>
    /// Reads the document again, which must be the same one. The text must come out of it again, and each of its words
    /// must stand in the document when that is read in a cruder way.
    /// </summary>
    public override async Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct)
    {
        var document = await ReadAsync(work.Inputs[0], ct);
        if (output.Tags?.FirstOrDefault(tag => tag is [HashTag, _]) is not [_, var hash] || hash != document.Sha256)
        {
            return KindsProblems.Wrong("The address holds another document now.");
        }

        using var place = await PlaceAsync(ct);
        var text = await DocumentText.ReadAsync(document, ct);
        var again = work.Any("alignment") == "segment" ? Json(text.Segments) : text.Text;
        if (again != output.Content) return KindsProblems.Wrong("A second reading finds another text.");

        var words = await DocumentWords.OfAsync(document, text.Format, ct);
        return DocumentWords.In(text.Text).FirstOrDefault(word => !words.Contains(word)) is { } strange
            ? KindsProblems.Wrong($"The document does not say \"{strange}\".")
            : null;
    }

    static async Task<Place> PlaceAsync(CancellationToken ct)
    {
        await Places.WaitAsync(ct);
        return default;
    }

    Problem? RefuseAddress(JobInput input) =>
        !IsAddress(input) ? null :
        !Uri.TryCreate(input.Data.Trim(), UriKind.Absolute, out var uri) ? FetchProblems.WrongUrl :
        uri.Scheme is not ("http" or "https") ? FetchProblems.WrongUrl :
        addresses.Refuse(uri);

    async Task<FetchedDocument> ReadAsync(JobInput input, CancellationToken ct)
    {
        if (IsAddress(input)) return BlobInputs.Checked(
            input, await fetch.GetAsync(new(input.Data.Trim()), FileLimits, ct));

        var bytes = Encoding.UTF8.GetBytes(input.Data);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        return new(bytes, null, hash, new("about:text"));
    }

    /// <summary>Clients leave the type out; one word that reads as an address is one.</summary>
    static bool IsAddress(JobInput input) =>
        input.Type == JobInputType.Url
        || (input.Data.Trim() is var text && text.StartsWith("http", StringComparison.Ordinal) && !text.Contains(' ')
            && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https" });

    readonly struct Place : IDisposable
    {
        public void Dispose() => Places.Release();
    }

    static string Json(IReadOnlyList<TextSegment> segments)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var segment in segments)
            {
                json.WriteStartObject();
                json.WriteNumber("start", Seconds(segment.Start));
                json.WriteNumber("end", Seconds(segment.End));
                json.WriteString("text", segment.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static decimal Seconds(TimeSpan time) =>
        decimal.Parse(time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
