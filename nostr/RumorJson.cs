using System.Text.Json.Serialization;

namespace PoA.Nostr;

/// <summary>The fields of a rumor as other clients write them; some leave out the id.</summary>
sealed record RumorFields(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("pubkey")] string? Pubkey,
    [property: JsonPropertyName("created_at")] long CreatedAt,
    [property: JsonPropertyName("kind")] int Kind,
    [property: JsonPropertyName("tags")] string[][]? Tags,
    [property: JsonPropertyName("content")] string? Content);

[JsonSerializable(typeof(RumorFields))]
[JsonSerializable(typeof(string[][]))]
sealed partial class RumorJson : JsonSerializerContext;
