using System.Text.Json;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>One message of a client (NIP-01, 42, 45, 77), or what is wrong with it.</summary>
/// <param name="Verb">The first word; empty when it is none that we know.</param>
sealed record ClientMessage(string Verb)
{
    public string? SubId { get; init; }
    public NostrEvent? Event { get; init; }
    public IReadOnlyList<Filter> Filters { get; init; } = [];
    public string? Payload { get; init; }

    /// <summary>Null when the message is sound. It begins with a prefix of NIP-01.</summary>
    public string? Wrong { get; init; }

    public static ClientMessage Parse(ReadOnlySpan<byte> utf8, int filtersMax)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray || !reader.Read()
                || reader.TokenType != JsonTokenType.String)
            {
                return new("") { Wrong = "invalid: a message is an array that begins with a word" };
            }

            var message = Read(ref reader, reader.GetString()!, filtersMax);
            while (reader.Read())
            {
            }

            return message;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new("") { Wrong = "invalid: this is not JSON" };
        }
    }

    static ClientMessage Read(ref Utf8JsonReader reader, string verb, int filtersMax)
    {
        reader.Read();
        if (verb is "EVENT" or "AUTH")
        {
            if (reader.TokenType != JsonTokenType.StartObject) return new("") { Wrong = "invalid: no event" };
            var parsed = EventJson.Read(ref reader, out var problem);
            return new(verb) { Event = parsed, Wrong = problem is null ? null : "invalid: " + problem.Sentence };
        }

        if (verb is not ("REQ" or "COUNT" or "CLOSE" or "NEG-OPEN" or "NEG-MSG" or "NEG-CLOSE"))
        {
            return new("") { Wrong = "invalid: unknown message" };
        }

        if (reader.TokenType != JsonTokenType.String) return new("") { Wrong = "invalid: no subscription id" };
        var subId = reader.GetString()!;
        if (subId.Length is 0 or > 64) return new(verb) { SubId = subId, Wrong = "invalid: 1 to 64 characters of id" };
        List<Filter> filters = [];
        string? payload = null, wrong = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                filters.Add(ReadFilter(ref reader, ref wrong));
                if (filters.Count > filtersMax) wrong ??= "invalid: too many filters";
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                payload = reader.GetString();
            }
            else
            {
                reader.Skip();
                wrong ??= "invalid: a filter is an object";
            }
        }

        if (filters.Count == 0 && verb is "REQ" or "COUNT" or "NEG-OPEN") wrong ??= "invalid: a filter is missing";
        return new(verb) { SubId = subId, Filters = filters, Payload = payload, Wrong = wrong };
    }

    static Filter ReadFilter(ref Utf8JsonReader reader, ref string? wrong)
    {
        var filter = new Filter();
        Dictionary<char, IReadOnlyList<string>> tags = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "ids") filter = filter with { Ids = Strings(ref reader, ref wrong, hex: true) };
            else if (name == "authors") filter = filter with { Authors = Strings(ref reader, ref wrong, hex: true) };
            else if (name == "kinds") filter = filter with { Kinds = Kinds(ref reader, ref wrong) };
            else if (name == "since") filter = filter with { Since = Whole(ref reader, ref wrong) };
            else if (name == "until") filter = filter with { Until = Whole(ref reader, ref wrong) };
            else if (name == "limit") filter = filter with { Limit = (int?)Whole(ref reader, ref wrong) };
            else if (name is ['#', var letter] && char.IsAsciiLetter(letter))
            {
                tags[letter] = Strings(ref reader, ref wrong, hex: false);
            }
            else
            {
                reader.Skip();
                wrong ??= "unsupported: the filter has a key that this relay does not know";
            }
        }

        return tags.Count == 0 ? filter : filter with { Tags = tags };
    }

    static List<string> Strings(ref Utf8JsonReader reader, ref string? wrong, bool hex)
    {
        List<string> values = [];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            wrong ??= "invalid: a condition is an array of strings";
            return values;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } value
                && (!hex || Hex.Is32(value)))
            {
                values.Add(value);
                continue;
            }

            reader.Skip();
            wrong ??= "invalid: ids and authors are 64 lower-case hex digits, tag values are strings";
        }

        return values;
    }

    static List<int> Kinds(ref Utf8JsonReader reader, ref string? wrong)
    {
        List<int> values = [];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            wrong ??= "invalid: kinds is an array of numbers";
            return values;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var kind)
                && kind is >= 0 and <= Limits.KindMax)
            {
                values.Add(kind);
                continue;
            }

            reader.Skip();
            wrong ??= "invalid: a kind is 0 to 65535";
        }

        return values;
    }

    static long? Whole(ref Utf8JsonReader reader, ref string? wrong)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value)
            && value is >= 0 and <= int.MaxValue)
        {
            return value;
        }

        reader.Skip();
        wrong ??= "invalid: since, until and limit are numbers that are not negative";
        return null;
    }
}
