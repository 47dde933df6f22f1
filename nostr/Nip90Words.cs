using System.Globalization;
using System.Text.Json;
using PoA.Nostr.Blossom;

namespace PoA.Nostr;

/// <summary>One <c>i</c> tag of NIP-90.</summary>
public sealed record JobInput(string Data, JobInputType Type, string? Relay = null, string? Marker = null)
{
    /// <summary>Of what an address must hold, where that is known; 64 lower-case hex digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What opens a sealed blob, where the request says it.</summary>
    public BlobSeal? Seal { get; init; }
}

public enum JobInputType
{
    Text,
    Url,
    Event,
    Job,

    /// <summary>Bytes on Blossom servers: by their SHA-256, or by a <c>blossom:</c> address (BUD-10).</summary>
    Blob,
}

public sealed record JobParam(string Name, IReadOnlyList<string> Values);

/// <summary>What a NIP-90 request asks for.</summary>
/// <param name="Inputs">In the order given.</param>
/// <param name="Params">In the order given; a name may repeat.</param>
/// <param name="OutputMime">What form the customer would like, or null.</param>
/// <param name="Relays">Where the customer wants the answers: strangers' URLs.</param>
/// <param name="Bid">The most that the customer would pay, or null.</param>
public sealed record RequestTags(
    IReadOnlyList<JobInput> Inputs, IReadOnlyList<JobParam> Params, string? OutputMime, IReadOnlyList<string> Relays,
    Msat? Bid)
{
    /// <summary>Types of inputs that nobody knows; such a request is refused.</summary>
    public IReadOnlyList<string> UnknownTypes { get; init; } = [];

    /// <summary>Where the customer has money for this job: <c>balance</c>, or null where nothing is said.</summary>
    public string? Pay { get; init; }

    /// <summary>A Cashu token that came with the request, or null: whoever reads it may spend it.</summary>
    public string? Cashu { get; init; }
}

/// <summary>The five words of feedback.</summary>
public enum JobFeedback
{
    PaymentRequired,
    Processing,
    Error,
    Success,
    Partial,
}

/// <summary>What the tags of a feedback or a result say.</summary>
/// <param name="Status">Null for none and for a word that NIP-90 does not have.</param>
/// <param name="Extra">The sentence beside the status.</param>
/// <param name="Request">Id of the request, or null.</param>
/// <param name="Customer">Who asked, or null.</param>
/// <param name="Amount">What is asked for it, or null.</param>
/// <param name="Bolt11">The invoice over it, unchecked, or null.</param>
public sealed record AnswerTags(
    JobFeedback? Status, string? Extra, string? Request, string? Customer, Msat? Amount, string? Bolt11);

/// <summary>
/// Jobs (NIP-90): the tags of requests, results and feedback, the open ones and the encrypted ones alike. Whatever
/// clients are known to send is put in order here: a prompt as a parameter, <c>input</c> for <c>i</c>, bids with two
/// values, relay addresses in the place of a tag's name, the input as content. Nothing is judged.
/// </summary>
public static class Nip90Words
{
    public const int FeedbackKind = 7_000;

    /// <summary>The kind of the results of a kind of request.</summary>
    public static int ResultKind(int request) => request + 1_000;

    /// <param name="tags">Of the event, and of its plaintext where it was encrypted.</param>
    /// <param name="content">Of an open request: its input where no tag names one.</param>
    public static RequestTags ReadRequest(IEnumerable<string[]> tags, string content)
    {
        List<JobInput> inputs = [];
        List<JobParam> parameters = [];
        List<string> relays = [];
        List<string> unknown = [];
        BlobSeal seal = new("", "", "");
        string? output = null;
        string? pay = null;
        string? cashu = null;
        Msat? bid = null;
        foreach (var tag in tags)
        {
            switch (tag)
            {
                case ["i" or "input", var data, ..]:
                    if (TypeOf(tag.ElementAtOrDefault(2)) is { } type) inputs.Add(Input(tag, data, type));
                    else unknown.Add(tag[2]);
                    break;
                case ["param", var name, .. var values]: parameters.Add(new(name, values)); break;
                case ["output", var mime, ..]: output ??= mime; break;
                case ["pay", var way, ..]: pay ??= way; break;
                case ["cashu", var token, ..]: cashu ??= NotEmpty(token); break;
                case ["relays", .. var urls]: relays.AddRange(urls); break;
                case ["encryption-algorithm", var algorithm, ..]: seal = seal with { Algorithm = algorithm }; break;
                case ["decryption-key", var key, ..]: seal = seal with { Key = key }; break;
                case ["decryption-nonce", var nonce, ..]:
                    Seal(inputs, seal with { Nonce = nonce });
                    break;
                case ["bid", .. var amounts]: bid = Highest(amounts) ?? bid; break;
                case [var url, ..] when IsRelay(url): relays.AddRange(tag); break;
            }
        }

        if (inputs.Count == 0 && Fallback(parameters, content) is { } text) inputs.Add(new(text, JobInputType.Text));
        return new(inputs, parameters, output, [.. relays.Where(IsRelay)], bid)
        {
            UnknownTypes = unknown,
            Pay = pay,
            Cashu = cashu,
        };
    }

    /// <summary>The tags of a request by the book.</summary>
    public static string[][] WriteRequest(RequestTags request)
    {
        List<string[]> tags =
        [
            .. request.Inputs.SelectMany(input => Seal(input).Prepend(Tag(input))),
            .. request.Params.Select(parameter => new[] { "param", parameter.Name }.Concat(parameter.Values).ToArray()),
        ];
        if (request.OutputMime is { } mime) tags.Add(["output", mime]);
        if (request.Relays.Count > 0) tags.Add(["relays", .. request.Relays]);
        if (request.Bid is { } bid) tags.Add(["bid", Number(bid.Value)]);
        if (request.Pay is { } way) tags.Add(["pay", way]);
        if (request.Cashu is { } token) tags.Add(["cashu", token]);
        return [.. tags];
    }

    /// <summary>
    /// An encrypted request's or answer's plaintext: an array of tags, or simply the content. Null: neither.
    /// </summary>
    public static (IReadOnlyList<string[]> Tags, string Content)? ReadPlaintext(string plaintext)
    {
        if (!plaintext.AsSpan().TrimStart().StartsWith("[", StringComparison.Ordinal)) return ([], plaintext);
        try
        {
            var tags = JsonSerializer.Deserialize(plaintext, RumorJson.Default.StringArrayArray) ?? [];
            return tags.All(tag => tag is not null && tag.All(value => value is not null)) ? (tags, "") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads a feedback or a result; a status with an underscore, as one library has it, too.</summary>
    public static AnswerTags ReadAnswer(IReadOnlyList<string[]> tags)
    {
        var status = First(tags, "status");
        var amount = First(tags, "amount");
        return new(
            StatusOf(status?[1]), status?.ElementAtOrDefault(2), First(tags, "e")?[1], First(tags, "p")?[1],
            amount is null ? null : Highest([amount[1]]), NotEmpty(amount?.ElementAtOrDefault(2)));
    }

    /// <summary>The status tag, its word exactly as clients compare it.</summary>
    public static string[] Status(JobFeedback status, string? extra = null) =>
        extra is null ? ["status", Word(status)] : ["status", Word(status), extra];

    public static string[] Amount(Msat amount, string? bolt11 = null) =>
        bolt11 is null ? ["amount", Number(amount.Value)] : ["amount", Number(amount.Value), bolt11];

    public static string Word(this JobFeedback status) => status switch
    {
        JobFeedback.PaymentRequired => "payment-required",
        JobFeedback.Processing => "processing",
        JobFeedback.Error => "error",
        JobFeedback.Success => "success",
        _ => "partial",
    };

    static JobFeedback? StatusOf(string? word) => word switch
    {
        "payment-required" or "payment_required" => JobFeedback.PaymentRequired,
        "processing" => JobFeedback.Processing,
        "error" => JobFeedback.Error,
        "success" => JobFeedback.Success,
        "partial" => JobFeedback.Partial,
        _ => null,
    };

    /// <summary>A <c>blossom:</c> address is one, whatever a client calls it.</summary>
    static JobInput Input(string[] tag, string data, JobInputType type) =>
        new(
            data, BlossomUri.TryParse(data) is null ? type : JobInputType.Blob,
            NotEmpty(tag.ElementAtOrDefault(3)), NotEmpty(tag.ElementAtOrDefault(4)));

    static string[] Tag(JobInput input)
    {
        var type = input.Type switch
        {
            JobInputType.Url => "url",
            JobInputType.Event => "event",
            JobInputType.Job => "job",
            JobInputType.Blob => "blob",
            _ => "text",
        };
        return (input.Relay, input.Marker) switch
        {
            (null, null) => ["i", input.Data, type],
            ({ } relay, null) => ["i", input.Data, type, relay],
            var (relay, marker) => ["i", input.Data, type, relay ?? "", marker],
        };
    }

    /// <summary>The tags that open a sealed blob stand after the input that names it, the nonce last.</summary>
    static void Seal(List<JobInput> inputs, BlobSeal seal)
    {
        if (inputs is [.., { Type: JobInputType.Blob, Seal: null } last]) inputs[^1] = last with { Seal = seal };
    }

    static string[][] Seal(JobInput input) => input.Seal is { } seal
        ? [
            ["encryption-algorithm", seal.Algorithm], ["decryption-key", seal.Key], ["decryption-nonce", seal.Nonce],
        ]
        : [];

    static string? NotEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    static JobInputType? TypeOf(string? word) => word?.ToLowerInvariant() switch
    {
        null or "" or "text" or "prompt" => JobInputType.Text,
        "url" => JobInputType.Url,
        "event" => JobInputType.Event,
        "job" => JobInputType.Job,
        "blob" or "sha256" => JobInputType.Blob,
        _ => null,
    };

    static string? Fallback(List<JobParam> parameters, string content) =>
        parameters.Find(parameter => parameter.Name == "prompt")?.Values.FirstOrDefault() ?? NotEmpty(content);

    static Msat? Highest(string[] amounts)
    {
        Msat? highest = null;
        foreach (var amount in amounts)
        {
            if (long.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out var msat)
                && (highest is null || msat > highest.Value.Value))
            {
                highest = new(msat);
            }
        }

        return highest;
    }

    static bool IsRelay(string text) =>
        text.StartsWith("wss://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("ws://", StringComparison.OrdinalIgnoreCase);

    static string[]? First(IReadOnlyList<string[]> tags, string name) =>
        tags.FirstOrDefault(tag => tag is [var head, _, ..] && head == name);

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
