using System.Globalization;
using System.Text.Json;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// What a NIP-90 request asks for, read from its tags, the open ones and the encrypted ones alike. Whatever clients
/// are known to send is put in order here: a prompt as a parameter, <c>input</c> for <c>i</c>, bids with two values,
/// relay addresses in the place of a tag's name, the input as content. Nothing is judged.
/// </summary>
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

    /// <param name="tags">Of the event, and of its plaintext where it was encrypted.</param>
    /// <param name="content">Of an open request: its input where no tag names one.</param>
    public static RequestTags Read(IEnumerable<string[]> tags, string content)
    {
        List<JobInput> inputs = [];
        List<JobParam> parameters = [];
        List<string> relays = [];
        List<string> unknown = [];
        string? output = null;
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
                case ["relays", .. var urls]: relays.AddRange(urls); break;
                case ["bid", .. var amounts]: bid = Highest(amounts) ?? bid; break;
                case [var url, ..] when IsRelay(url): relays.AddRange(tag); break;
            }
        }

        if (inputs.Count == 0 && Fallback(parameters, content) is { } text) inputs.Add(new(text, JobInputType.Text));
        return new(inputs, parameters, output, [.. relays.Where(IsRelay)], bid) { UnknownTypes = unknown };
    }

    /// <summary>An encrypted request's plaintext: an array of tags, or simply the input. Null: neither.</summary>
    public static (IReadOnlyList<string[]> Tags, string Content)? ReadPlaintext(string plaintext)
    {
        if (!plaintext.AsSpan().TrimStart().StartsWith("[", StringComparison.Ordinal)) return ([], plaintext);
        try
        {
            var tags = JsonSerializer.Deserialize(plaintext, TagsJson.Default.StringArrayArray) ?? [];
            return tags.All(tag => tag is not null && tag.All(value => value is not null)) ? (tags, "") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static JobInput Input(string[] tag, string data, JobInputType type) =>
        new(data, type, NotEmpty(tag.ElementAtOrDefault(3)), NotEmpty(tag.ElementAtOrDefault(4)));

    static string? NotEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    static JobInputType? TypeOf(string? word) => word?.ToLowerInvariant() switch
    {
        null or "" or "text" or "prompt" => JobInputType.Text,
        "url" => JobInputType.Url,
        "event" => JobInputType.Event,
        "job" => JobInputType.Job,
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
}
