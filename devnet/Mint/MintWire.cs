using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Devnet.Mint;

// The models of NUT-00 §0.1, NUT-03, 04, 05, 07, 09, 12 and 23, as they stand on the wire.
sealed record BlindedMessage(ulong Amount, string Id, [property: JsonPropertyName("B_")] string B);

sealed record BlindSignature(ulong Amount, string Id, [property: JsonPropertyName("C_")] string C, Dleq? Dleq = null);

sealed record Dleq(string E, string S);

sealed record Proof(
    ulong Amount, string Id, string Secret, [property: JsonPropertyName("C")] string C, JsonElement? Witness = null)
{
    /// <summary>NUT-11 §Witness format: a string of JSON; an object is read as one.</summary>
    [JsonIgnore]
    public string? WitnessText => Witness switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Object } it => it.GetRawText(),
        _ => null,
    };
}

sealed record SwapRequest(IReadOnlyList<Proof> Inputs, IReadOnlyList<BlindedMessage> Outputs);

sealed record Signatures([property: JsonPropertyName("signatures")] IReadOnlyList<BlindSignature> All);

sealed record MintQuoteRequest(ulong Amount, string Unit, string? Description = null, string? Pubkey = null);

sealed record MintRequest(string Quote, IReadOnlyList<BlindedMessage> Outputs, string? Signature = null);

sealed record MeltQuoteRequest(string Request, string Unit, MeltOptions? Options = null);

sealed record MeltOptions(AmountlessOption? Amountless = null);

sealed record AmountlessOption(ulong AmountMsat);

sealed record MeltRequest(
    string Quote, IReadOnlyList<Proof> Inputs, IReadOnlyList<BlindedMessage>? Outputs = null,
    bool PreferAsync = false);

sealed record CheckStateRequest([property: JsonPropertyName("Ys")] IReadOnlyList<string> Ys);

sealed record ProofStates(IReadOnlyList<ProofState> States);

sealed record ProofState([property: JsonPropertyName("Y")] string Y, string State, string? Witness = null);

sealed record RestoreRequest(IReadOnlyList<BlindedMessage> Outputs);

sealed record RestoreResponse(IReadOnlyList<BlindedMessage> Outputs, IReadOnlyList<BlindSignature> Signatures);

sealed record ErrorBody(string Detail, int Code);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(SwapRequest))]
[JsonSerializable(typeof(Signatures))]
[JsonSerializable(typeof(MintQuoteRequest))]
[JsonSerializable(typeof(MintRequest))]
[JsonSerializable(typeof(MeltQuoteRequest))]
[JsonSerializable(typeof(MeltRequest))]
[JsonSerializable(typeof(CheckStateRequest))]
[JsonSerializable(typeof(ProofStates))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(RestoreResponse))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(MintRecord))]
sealed partial class MintJson : JsonSerializerContext;
