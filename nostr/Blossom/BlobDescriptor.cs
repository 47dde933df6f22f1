using System.Text.Json;

namespace PoA.Nostr.Blossom;

/// <summary>What a server says of a blob (BUD-02, with the file metadata tags of BUD-08).</summary>
/// <param name="Url">Where it is; other servers may say nothing, or something that is no address.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Uploaded">Unix seconds.</param>
/// <param name="Nip94">Tags such as <c>["m", "image/png"]</c>.</param>
public sealed record BlobDescriptor(
    string Url, string Sha256, long Size, string Type, long Uploaded, string[][] Nip94)
{
    /// <summary>
    /// Null when the hash or the size cannot be read. Servers differ in all else: what is missing is filled in.
    /// </summary>
    public static BlobDescriptor? TryRead(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) return null;
        if (Text(value, "sha256") is not { } sha256 || !Hex.Is32(sha256)) return null;
        return Number(value, "size") is >= 0 and var size
            ? new(
                Text(value, "url") ?? "", sha256, size, MediaTypes.Of(Text(value, "type")),
                Number(value, "uploaded") ?? 0, Tags(value))
            : null;
    }

    static string? Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    static long? Number(JsonElement value, string name) =>
        value.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number
        && number.TryGetDouble(out var amount) && amount is >= 0 and < 1e15
            ? (long)amount
            : null;

    static string[][] Tags(JsonElement value) =>
        value.TryGetProperty("nip94", out var tags) && tags.ValueKind == JsonValueKind.Array
            ? [.. tags.EnumerateArray().Select(Tag).OfType<string[]>()]
            : [];

    static string[]? Tag(JsonElement tag) =>
        tag.ValueKind == JsonValueKind.Array
        && tag.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. tag.EnumerateArray().Select(item => item.GetString()!)]
            : null;
}
