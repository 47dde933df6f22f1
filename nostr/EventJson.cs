using System.Text.Json;

namespace PoA.Nostr;

/// <summary>Events between UTF-8 and records, without a detour over a document model.</summary>
public static class EventJson
{
    /// <summary>Null and a problem when the bytes are not one whole event. Never throws.</summary>
    public static NostrEvent? TryParse(ReadOnlySpan<byte> utf8, out Problem? problem)
    {
        if (utf8.Length > Limits.EventBytesMax)
        {
            problem = EventProblems.TooLarge;
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            var parsed = Read(ref reader, out problem);
            if (parsed is null || !reader.Read()) return parsed;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }

        problem = EventProblems.Malformed with { Detail = "It is not valid JSON." };
        return null;
    }

    /// <summary>Reads the object that the reader stands on, and leaves it at the object's end.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static NostrEvent? Read(ref Utf8JsonReader reader, out Problem? problem)
    {
        string? id = null, pubkey = null, content = null, sig = null;
        string[][]? tags = null;
        long? createdAt = null;
        var kind = -1;
        problem = null;
        if (reader.TokenType != JsonTokenType.StartObject) return Refuse(ref problem, "an event is an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8)) id = Text(ref reader);
            else if (reader.ValueTextEquals("pubkey"u8)) pubkey = Text(ref reader);
            else if (reader.ValueTextEquals("content"u8)) content = Text(ref reader);
            else if (reader.ValueTextEquals("sig"u8)) sig = Text(ref reader);
            else if (reader.ValueTextEquals("created_at"u8)) createdAt = Whole(ref reader);
            else if (reader.ValueTextEquals("kind"u8))
            {
                kind = (int)Math.Clamp(Whole(ref reader) ?? -1, -1, Limits.KindMax + 1);
            }
            else if (reader.ValueTextEquals("tags"u8)) tags = Tags(ref reader);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (!Hex.Is32(id)) return Refuse(ref problem, "id must be 64 lower-case hex digits");
        if (!Hex.Is32(pubkey)) return Refuse(ref problem, "pubkey must be 64 lower-case hex digits");
        if (sig is not { Length: 128 }) return Refuse(ref problem, "sig must be 128 lower-case hex digits");
        if (createdAt is not >= 0) return Refuse(ref problem, "created_at must be a number of seconds");
        if (kind is < 0 or > Limits.KindMax) return Refuse(ref problem, "kind must be 0 to 65535");
        if (tags is null) return Refuse(ref problem, "tags must be arrays of strings, at most 2000");
        if (content is null) return Refuse(ref problem, "content must be a string");

        return new(id!, pubkey!, createdAt.Value, kind, tags, content, sig);
    }

    public static byte[] Write(NostrEvent value) => JsonText.Write(SizeMax(value), value, Write);

    /// <summary>The tags alone, as a JSON array of arrays: what encrypted requests and many results carry.</summary>
    public static byte[] WriteTags(string[][] tags) => JsonText.Write(JsonText.SizeMax(tags), tags, JsonText.Tags);

    /// <summary>The bytes that <see cref="Write(Span{byte}, ref int, NostrEvent)"/> can need at most.</summary>
    internal static int SizeMax(NostrEvent value) =>
        512 + JsonText.SizeMax(value.Content) + JsonText.SizeMax(value.Tags);

    internal static void Write(Span<byte> to, ref int at, NostrEvent value)
    {
        JsonText.Raw(to, ref at, "{\"id\":"u8);
        JsonText.Quoted(to, ref at, value.Id);
        JsonText.Raw(to, ref at, ",\"pubkey\":"u8);
        JsonText.Quoted(to, ref at, value.Pubkey);
        JsonText.Raw(to, ref at, ",\"created_at\":"u8);
        JsonText.Number(to, ref at, value.CreatedAt);
        JsonText.Raw(to, ref at, ",\"kind\":"u8);
        JsonText.Number(to, ref at, value.Kind);
        JsonText.Raw(to, ref at, ",\"tags\":"u8);
        JsonText.Tags(to, ref at, value.Tags);
        JsonText.Raw(to, ref at, ",\"content\":"u8);
        JsonText.Quoted(to, ref at, value.Content);
        JsonText.Raw(to, ref at, ",\"sig\":"u8);
        JsonText.Quoted(to, ref at, value.Sig);
        JsonText.Raw(to, ref at, "}"u8);
    }

    static NostrEvent? Refuse(ref Problem? problem, string detail)
    {
        problem = EventProblems.Malformed with { Detail = $"In this one {detail}." };
        return null;
    }

    static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.Skip();
        return null;
    }

    static long? Whole(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value)) return value;
        reader.Skip();
        return null;
    }

    /// <summary>Null when the value is anything but a bounded array of arrays of strings.</summary>
    static string[][]? Tags(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        List<string[]> tags = [];
        List<string> values = [];
        var sound = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                sound = false;
                continue;
            }

            values.Clear();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.String) values.Add(reader.GetString()!);
                else
                {
                    reader.Skip();
                    sound = false;
                }
            }

            tags.Add([.. values]);
        }

        return sound && tags.Count <= Limits.EventTagsMax ? [.. tags] : null;
    }
}
