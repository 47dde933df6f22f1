using System.Text.Json.Serialization;

namespace PoA.Nostr.Blossom;

/// <summary>The body of PUT /mirror (BUD-04).</summary>
public sealed record MirrorRequest(string? Url);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BlobDescriptor))]
[JsonSerializable(typeof(IReadOnlyList<BlobDescriptor>))]
[JsonSerializable(typeof(MirrorRequest))]
public sealed partial class BlossomJson : JsonSerializerContext;
