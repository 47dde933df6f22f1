using System.Text.Json;
using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// What a count job asks for. Filters come as JSON, one object or an array of them, in the content or in an input; the
/// kind's own text writes <c>#kinds</c> for kinds. Inputs that are no JSON are hashtags (NIP-12 <c>t</c>).
/// </summary>
sealed record CountRequest(IReadOnlyList<Filter> Filters, IReadOnlyList<string> Groups, IReadOnlyList<string> Relays)
{
    public const int GroupsMax = 3;
    public const int RelaysMax = 5;
    const int JsonLengthMax = 100_000;

    /// <summary>Null and a problem when anything in it is not understood: leaving it out counts too much.</summary>
    public static CountRequest? Read(JobWork work, out Problem? problem)
    {
        problem = work.Inputs.Sum(i => (long)i.Data.Length) > JsonLengthMax ? KindsProblems.InputTooLarge : null;
        if (problem is not null) return null;

        List<Filter> filters = [];
        List<string> hashtags = [];
        foreach (var input in work.Inputs.Where(i => i.Type is JobInputType.Text or JobInputType.Job))
        {
            var text = input.Data.Trim();
            if (text.Length == 0) continue;
            if (text[0] is not ('{' or '[')) hashtags.Add(text);
            else if ((problem = ReadFilters(text, filters)) is not null) return null;
        }

        if (hashtags.Count > 0)
        {
            filters.Add(new() { Tags = new Dictionary<char, IReadOnlyList<string>> { ['t'] = hashtags } });
        }

        var groups = Values(work, "group");
        var relays = Values(work, "relay");
        problem =
            work.Inputs.Any(i => i.Type is JobInputType.Url or JobInputType.Event) ? KindsProblems.InputUnsupported :
            filters.Count == 0 ? KindsProblems.InputMissing with { Detail = "A count needs a filter." } :
            groups.Count > GroupsMax ? KindsProblems.Param("group", "given thrice at most") :
            !groups.All(IsName) ? KindsProblems.Param("group", "a field or the name of a tag") :
            relays.Count > RelaysMax ? KindsProblems.Param("relay", "given five times at most") :
            !relays.All(IsRelay) ? KindsProblems.Param("relay", "a ws or wss address") :
            relays.Count > 0 && groups.Count > 0 ? KindsProblems.Param("group", "left out where relay is given") :
            filters.Count > 10 ? KindsProblems.FilterInvalid with { Detail = "There are more than ten." } :
            relays.Count > 0 ? null : CountEvents.Refuse(filters);
        return problem is null ? new(filters, groups, relays) : null;
    }

    static bool IsName(string group) =>
        group.Length <= 32 && group.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    static bool IsRelay(string url) =>
        url.Length <= 256 && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Scheme: "ws" or "wss" };

    static List<string> Values(JobWork work, string name) =>
        [.. work.Params.Where(p => p.Name == name).SelectMany(p => p.Values).Where(v => v.Length > 0).Distinct()];

    static Problem? ReadFilters(string json, List<Filter> filters)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            var root = parsed.RootElement;
            foreach (var one in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root])
            {
                filters.Add(ReadFilter(one));
            }

            return filters.Count == 0 ? Invalid("it is empty") : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return Invalid(e is FormatException ? e.Message : "it is not valid JSON, or a value has the wrong type");
        }
    }

    static Filter ReadFilter(JsonElement json)
    {
        var filter = new Filter();
        Dictionary<char, IReadOnlyList<string>> tags = [];
        foreach (var field in json.EnumerateObject())
        {
            var name = field.Name.Length > 2 ? field.Name.TrimStart('#') : field.Name;
            filter = name switch
            {
                "ids" => filter with { Ids = Texts(field, exact: true) },
                "authors" => filter with { Authors = Texts(field, exact: true) },
                "kinds" => filter with { Kinds = [.. field.Value.EnumerateArray().Select(kind => kind.GetInt32())] },
                "since" => filter with { Since = field.Value.GetInt64() },
                "until" => filter with { Until = field.Value.GetInt64() },
                "limit" => filter with { Limit = field.Value.GetInt32() },
                ['#', var letter] when char.IsAsciiLetter(letter) && Add(tags, letter, field) => filter,
                _ => throw new FormatException($"it has the unknown key {name[..Math.Min(name.Length, 40)]}"),
            };
        }

        return tags.Count == 0 ? filter : filter with { Tags = tags };
    }

    static bool Add(Dictionary<char, IReadOnlyList<string>> tags, char letter, JsonProperty field) =>
        tags.TryAdd(letter, Texts(field, exact: letter is 'e' or 'p'));

    static string[] Texts(JsonProperty field, bool exact)
    {
        string[] values = [.. field.Value.EnumerateArray().Select(value => value.GetString() ?? "")];
        return !exact || values.All(Hex.Is32)
            ? values
            : throw new FormatException($"{field.Name} must be 64 lower-case hex digits each");
    }

    static Problem Invalid(string detail) => KindsProblems.FilterInvalid with { Detail = $"Of the filter: {detail}." };
}
