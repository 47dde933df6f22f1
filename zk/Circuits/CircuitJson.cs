using System.Text.Json;
using System.Text.Json.Serialization;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>
/// Inputs as snake_case JSON. A field element is a canonical decimal string or a JSON integer; unknown, missing and
/// repeated members are refused.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
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
            var input = (T?)JsonSerializer.Deserialize(json, Default.GetTypeInfo(typeof(T))!);
            if (input is null) reason = "The input is null.";
            return input;
        }
        catch (JsonException e)
        {
            reason = $"The input cannot be read: {e.Message}";
            return default;
        }
    }
}

/// <summary>Strict: a number that is not canonical is refused, never reduced.</summary>
sealed class FrConverter : JsonConverter<Fr>
{
    public override Fr Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetUInt64(out var number) => Fr.FromUInt64(number),
            JsonTokenType.String when Fr.TryParse(reader.GetString(), out var value) => value,
            _ => throw new JsonException("a field element is a decimal string without leading zeros, below r."),
        };

    public override void Write(Utf8JsonWriter writer, Fr value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
