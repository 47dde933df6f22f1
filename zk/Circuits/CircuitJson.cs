using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>
/// Inputs as snake_case JSON. A field element is a canonical decimal string or a JSON integer; unknown, missing and
/// repeated members are refused.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    MaxDepth = 4,
    Converters = [typeof(FrConverter)])]
[JsonSerializable(typeof(ReputationRangeInput))]
[JsonSerializable(typeof(InclusionInput))]
[JsonSerializable(typeof(DisclosureInput))]
[JsonSerializable(typeof(DisclosureSignedInput))]
[JsonSerializable(typeof(TierInput))]
sealed partial class CircuitJson : JsonSerializerContext
{
    /// <summary>Bytes that an input may have; the largest real one has under 5 KB.</summary>
    const int SizeMax = 64 * 1024;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    public static T? Read<T>(ReadOnlySpan<byte> json, out string? reason)
    {
        reason = null;
        if (json.Length > SizeMax)
        {
            reason = $"The input has more than {SizeMax} bytes.";
            return default;
        }

        if (!PlainJson.Is(json))
        {
            reason = "The input has bytes that are no text, or a character that is escaped.";
            return default;
        }

        try
        {
            var type = Default.GetTypeInfo(typeof(T))!;
            using var document = JsonDocument.Parse(json.ToArray(), Strict);
            reason = RefuseMembers(document.RootElement, type);
            return reason is null ? (T?)document.RootElement.Deserialize(type) : default;
        }
        catch (JsonException e)
        {
            reason = e.Path is { Length: > 2 } path
                ? Unreadable(path[2..])
                : "The input cannot be read: it is no JSON, too deep, or names a member twice.";
            return default;
        }
    }

    /// <summary>In the words of whoever wrote the input: the members that are too many, or missing.</summary>
    static string? RefuseMembers(JsonElement input, JsonTypeInfo type)
    {
        if (input.ValueKind != JsonValueKind.Object) return "The input cannot be read: it is no object.";

        var known = type.Properties.Select(property => property.Name).ToArray();
        foreach (var member in input.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                var names = string.Join(", ", known);
                return $"The input has an unknown member “{Shown(member.Name)}”. Known are {names}.";
            }

            if (member.Value.ValueKind == JsonValueKind.Null) return Unreadable(member.Name);
        }

        var missing = known.FirstOrDefault(name => !input.TryGetProperty(name, out _));
        return missing is null ? null : $"The input has no member “{missing}”.";
    }

    static string Unreadable(string member) =>
        $"The input cannot be read at {member}: a field element is a decimal string without leading zeros, below r; "
        + "a list holds nothing else; an index is a number below 2^32.";

    static string Shown(string name) => name.Length <= 30 ? name : name[..30] + "…";
}

/// <summary>Strict: a number that is not canonical is refused, never reduced.</summary>
sealed class FrConverter : JsonConverter<Fr>
{
    public override Fr Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetUInt64(out var number) => Fr.FromUInt64(number),
            JsonTokenType.String when Fr.TryParse(reader.GetString(), out var value) => value,
            _ => throw new JsonException(),
        };

    public override void Write(Utf8JsonWriter writer, Fr value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
