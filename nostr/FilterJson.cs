using System.Text.Json;

namespace PoA.Nostr;

/// <summary>
/// Filters between UTF-8 and records (NIP-01). Strict, since a filter that is read with a condition left out asks for
/// more than its author meant: unknown and repeated keys, wrong types and shortened ids are problems.
/// </summary>
public static class FilterJson
{
    /// <summary>Null and a problem when the bytes are not one whole filter. Never throws.</summary>
    public static Filter? TryParse(ReadOnlySpan<byte> utf8, out Problem? problem)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            var filter = Read(ref reader, out problem);
            if (filter is null || !reader.Read()) return filter;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }

        problem = MessageProblems.WrongFilter with { Detail = "It is not valid JSON." };
        return null;
    }

    /// <summary>Reads the object that the reader stands on. On a problem the reader stays where that arose.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not Unicode.</exception>
    internal static Filter? Read(ref Utf8JsonReader reader, out Problem? problem)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return Refuse("a filter is an object", out problem);

        IReadOnlyList<string>? ids = null, authors = null;
        IReadOnlyList<int>? kinds = null;
        Dictionary<char, IReadOnlyList<string>>? tags = null;
        long? since = null, until = null, limit = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("ids"u8))
            {
                if (ids is not null || (ids = Texts(ref reader, exact: true)) is null) return Hexes("ids", out problem);
            }
            else if (reader.ValueTextEquals("authors"u8))
            {
                if (authors is not null || (authors = Texts(ref reader, exact: true)) is null)
                {
                    return Hexes("authors", out problem);
                }
            }
            else if (reader.ValueTextEquals("kinds"u8))
            {
                if (kinds is not null || (kinds = Kinds(ref reader)) is null)
                {
                    return Refuse("kinds must be given once, as an array of numbers from 0 to 65535", out problem);
                }
            }
            else if (reader.ValueTextEquals("since"u8))
            {
                if (since is not null || (since = Whole(ref reader)) is null) return Time("since", out problem);
            }
            else if (reader.ValueTextEquals("until"u8))
            {
                if (until is not null || (until = Whole(ref reader)) is null) return Time("until", out problem);
            }
            else if (reader.ValueTextEquals("limit"u8))
            {
                if (limit is not null || (limit = Whole(ref reader)) is null)
                {
                    return Refuse("limit must be given once, as a whole number", out problem);
                }
            }
            else if (Letter(ref reader) is { } letter)
            {
                if (Texts(ref reader, exact: letter is 'e' or 'p') is not { } values
                    || !(tags ??= []).TryAdd(letter, values))
                {
                    return Refuse($"#{letter} must be given once, as an array of {What(letter)}", out problem);
                }
            }
            else
            {
                problem = MessageProblems.UnknownFilter with { Detail = $"The key is {Shown(reader.GetString()!)}." };
                return null;
            }
        }

        problem = null;
        return new()
        {
            Ids = ids,
            Authors = authors,
            Kinds = kinds,
            Tags = tags,
            Since = since,
            Until = until,
            Limit = limit is { } most ? (int)Math.Min(most, int.MaxValue) : null,
        };
    }

    public static byte[] Write(Filter filter) => JsonText.Write(SizeMax(filter), filter, Write);

    internal static int SizeMax(Filter filter) =>
        160
        + SizeMax(filter.Ids) + SizeMax(filter.Authors) + ((filter.Kinds?.Count ?? 0) * 12)
        + (filter.Tags?.Sum(tag => 8 + SizeMax(tag.Value)) ?? 0);

    internal static void Write(Span<byte> to, ref int at, Filter filter)
    {
        var start = at;
        to[at++] = (byte)'{';
        if (filter.Ids is { } ids) WriteTexts(to, ref at, "\"ids\":"u8, ids);
        if (filter.Authors is { } authors) WriteTexts(to, ref at, "\"authors\":"u8, authors);
        if (filter.Kinds is { } kinds) WriteKinds(to, ref at, kinds);
        foreach (var (letter, values) in filter.Tags ?? NoTags)
        {
            WriteTexts(to, ref at, [(byte)'"', (byte)'#', (byte)letter, (byte)'"', (byte)':'], values);
        }

        if (filter.Since is { } since) WriteNumber(to, ref at, "\"since\":"u8, since);
        if (filter.Until is { } until) WriteNumber(to, ref at, "\"until\":"u8, until);
        if (filter.Limit is { } limit) WriteNumber(to, ref at, "\"limit\":"u8, limit);

        // Every condition ends with a comma: the last one becomes the closing brace.
        if (at == start + 1) at++;
        to[at - 1] = (byte)'}';
    }

    static readonly Dictionary<char, IReadOnlyList<string>> NoTags = [];

    static int SizeMax(IReadOnlyList<string>? values) =>
        values is null ? 0 : 16 + values.Sum(value => JsonText.SizeMax(value));

    static void WriteTexts(Span<byte> to, ref int at, ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        JsonText.Raw(to, ref at, name);
        to[at++] = (byte)'[';
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0) to[at++] = (byte)',';
            JsonText.Quoted(to, ref at, values[i]);
        }

        JsonText.Raw(to, ref at, "],"u8);
    }

    static void WriteKinds(Span<byte> to, ref int at, IReadOnlyList<int> kinds)
    {
        JsonText.Raw(to, ref at, "\"kinds\":["u8);
        for (var i = 0; i < kinds.Count; i++)
        {
            if (i > 0) to[at++] = (byte)',';
            JsonText.Number(to, ref at, kinds[i]);
        }

        JsonText.Raw(to, ref at, "],"u8);
    }

    static void WriteNumber(Span<byte> to, ref int at, ReadOnlySpan<byte> name, long value)
    {
        JsonText.Raw(to, ref at, name);
        JsonText.Number(to, ref at, value);
        to[at++] = (byte)',';
    }

    /// <summary>An array of strings, exact hex of 32 bytes where that is asked. Null when it is not that.</summary>
    static List<string>? Texts(ref Utf8JsonReader reader, bool exact)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) return null;

        List<string> values = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            var value = reader.GetString()!;
            if (values.Count == Limits.FilterValuesMax || (exact && !Hex.Is32(value))) return null;
            values.Add(value);
        }

        return reader.TokenType == JsonTokenType.EndArray ? values : null;
    }

    static List<int>? Kinds(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) return null;

        List<int> kinds = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (kinds.Count == Limits.FilterValuesMax) return null;
            if (!reader.TryGetInt32(out var kind) || kind is < 0 or > Limits.KindMax) return null;
            kinds.Add(kind);
        }

        return reader.TokenType == JsonTokenType.EndArray ? kinds : null;
    }

    static long? Whole(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= 0
            ? value
            : null;
    }

    /// <summary>The letter of a key such as #e, or null for any other key.</summary>
    static char? Letter(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            var key = reader.ValueSpan;
            return key.Length == 2 && key[0] == '#' && char.IsAsciiLetter((char)key[1]) ? (char)key[1] : null;
        }

        return reader.GetString() is ['#', var letter] && char.IsAsciiLetter(letter) ? letter : null;
    }

    static string What(char letter) => letter is 'e' or 'p' ? "64 lower-case hex digits each" : "strings";

    static string Shown(string key) => key.Length <= 32 ? key : key[..32] + "…";

    static Filter? Hexes(string key, out Problem? problem) =>
        Refuse($"{key} must be given once, as an array of 64 lower-case hex digits each", out problem);

    static Filter? Time(string key, out Problem? problem) =>
        Refuse($"{key} must be given once, as whole Unix seconds", out problem);

    static Filter? Refuse(string detail, out Problem? problem)
    {
        problem = MessageProblems.WrongFilter with { Detail = $"In this one {detail}." };
        return null;
    }
}
