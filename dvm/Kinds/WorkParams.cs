using System.Globalization;
using System.Text.Json;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>Parameters as several kinds read them: forgiving about form, strict about meaning.</summary>
static class WorkParams
{
    /// <summary>Results named in one answer; a request for more gets this many.</summary>
    public const int ResultsMax = 200;

    /// <summary>The first value of the first parameter that goes by any of the names, or null.</summary>
    public static string? Any(this JobWork work, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (work.Param(name) is { Length: > 0 } value) return value.Trim();
        }

        return null;
    }

    public static Problem? RefuseMax(JobWork work) =>
        work.Any("max_results") is not { } text || Whole(text) is > 0
            ? null
            : KindsProblems.Param("max_results", "a number above 0");

    /// <summary>How many results are wanted: 1 to 200, and 200 unless said.</summary>
    public static int Max(JobWork work) =>
        (int)Math.Clamp(Whole(work.Any("max_results") ?? "") ?? ResultsMax, 1, ResultsMax);

    public static Problem? RefuseUser(JobWork work) =>
        work.Any("user", "p") is not { } user || Hex.Is32(user) ? null : KindsProblems.Param("user", "a key in hex");

    /// <summary>For whom: the one named by <c>user</c> or <c>p</c>, else whoever asks.</summary>
    public static string User(JobWork work) => work.Any("user", "p") ?? work.Customer;

    /// <summary>All text inputs, one after the other.</summary>
    public static string Text(JobWork work) =>
        string.Join(' ', work.Inputs.Where(i => i.Type is JobInputType.Text or JobInputType.Job).Select(i => i.Data));

    /// <summary>A time in whole Unix seconds, or null. Milliseconds are a common slip and read as such.</summary>
    public static long? Time(JobWork work, string name) =>
        Whole(work.Any(name) ?? "") is { } value ? value > 100_000_000_000 ? value / 1_000 : value : null;

    public static Problem? RefuseTime(JobWork work, string name) =>
        work.Any(name) is not { } text || Whole(text) is not null
            ? null
            : KindsProblems.Param(name, "a time in seconds since 1970");

    /// <summary>
    /// Keys as clients write them: a JSON array of p tags or of keys, keys after a comma, or one parameter with many
    /// values. Null when the parameter is absent, and a problem when it holds no key or anything else.
    /// </summary>
    public static Problem? ReadKeys(JobWork work, string name, out IReadOnlyList<string>? keys)
    {
        keys = null;
        var given = work.Params.Where(p => p.Name == name).SelectMany(p => p.Values);
        var values = given.Where(value => value.Length > 0).ToList();
        if (values.Count == 0) return null;

        List<string> found = [];
        foreach (var value in values)
        {
            if (value.AsSpan().TrimStart().StartsWith("[")) found.AddRange(JsonKeys(value));
            else found.AddRange(value.Split(',', Commas));
        }

        if (found.Count > 500 || !found.All(Hex.Is32)) return KindsProblems.Param(name, "keys in hex, at most 500");
        keys = found.Count == 0 ? null : found;
        return null;
    }

    const StringSplitOptions Commas = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    static IEnumerable<string> JsonKeys(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            return [.. parsed.RootElement.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.Array
                ? one.GetArrayLength() > 1 ? one[1].ToString() : ""
                : one.ToString())];
        }
        catch (JsonException)
        {
            return [""];
        }
    }

    static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
