using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>The first answer (LUD-06, 12, 18; NIP-57 appendix C).</summary>
sealed record PayRequest(
    string Callback, long MaxSendable, long MinSendable, string Metadata, string Tag, int? CommentAllowed,
    bool? AllowsNostr, string? NostrPubkey, Dictionary<string, PayerDataKind>? PayerData);

/// <summary>LUD-18.</summary>
sealed record PayerDataKind(bool Mandatory);

/// <summary>The second answer (LUD-06, 21).</summary>
sealed record PayAnswer(string Pr, string[] Routes, string? Verify);

/// <summary>LUD-21: the preimage is said to be null where it is not known.</summary>
sealed record VerifyAnswer(
    string Status, bool Settled, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Preimage,
    string Pr);

/// <summary>LUD-06: an error of any step.</summary>
sealed record LnurlError(string Status, string Reason);

/// <summary>Any answer, as a payer reads it: an error may come with 200.</summary>
sealed record LnurlAnswer(
    string? Status, string? Reason, string? Tag, string? Callback, long? MinSendable, long? MaxSendable,
    string? Metadata, int? CommentAllowed, string? Pr);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 8,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PayRequest))]
[JsonSerializable(typeof(PayAnswer))]
[JsonSerializable(typeof(VerifyAnswer))]
[JsonSerializable(typeof(LnurlError))]
[JsonSerializable(typeof(LnurlAnswer))]
[JsonSerializable(typeof(string[][]))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
sealed partial class LnurlJson : JsonSerializerContext;
