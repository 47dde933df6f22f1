using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>Cashu's JSON: snake case, no key twice, bounded depth; keys that we do not know are passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 8)]
[JsonSerializable(typeof(TokenV3Document))]
[JsonSerializable(typeof(Proof))]
[JsonSerializable(typeof(Proof[]))]
[JsonSerializable(typeof(WitnessDocument))]
[JsonSerializable(typeof(PaymentPayloadDocument))]
[JsonSerializable(typeof(KeysReply))]
[JsonSerializable(typeof(KeysetsReply))]
[JsonSerializable(typeof(SwapRequest))]
[JsonSerializable(typeof(SignaturesReply))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(RestoreReply))]
[JsonSerializable(typeof(CheckStateRequest))]
[JsonSerializable(typeof(CheckStateReply))]
[JsonSerializable(typeof(MintQuoteRequest))]
[JsonSerializable(typeof(MintQuoteReply))]
[JsonSerializable(typeof(MintRequest))]
[JsonSerializable(typeof(MeltQuoteRequest))]
[JsonSerializable(typeof(MeltQuoteReply))]
[JsonSerializable(typeof(MeltRequest))]
[JsonSerializable(typeof(InfoReply))]
[JsonSerializable(typeof(ErrorReply))]
sealed partial class CashuJson : JsonSerializerContext
{
    /// <exception cref="ProblemException">The bytes are not this.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, Problem malformed)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new ProblemException(malformed);
        }
        catch (JsonException)
        {
            throw new ProblemException(malformed);
        }
    }
}
