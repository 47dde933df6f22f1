using System.Text.Json.Serialization;

namespace PoA.Nostr.Blossom;

/// <summary>What a client learns of a blob (BUD-02, with the file metadata tags of BUD-08).</summary>
public sealed record BlobDescriptor(
    string Url, string Sha256, long Size, string Type, long Uploaded, string[][] Nip94)
{
    public static BlobDescriptor Of(BlobRow blob, string publicUrl)
    {
        var url = $"{publicUrl}/{blob.Sha256}.{MediaTypes.Extension(blob.MediaType)}";
        string[][] tags =
            [["url", url], ["m", blob.MediaType], ["x", blob.Sha256], ["size", $"{blob.SizeBytes}"]];
        return new(url, blob.Sha256, blob.SizeBytes, blob.MediaType, blob.UploadedAt, tags);
    }
}

/// <summary>One row of blossom.blob; the time in Unix seconds.</summary>
public sealed record BlobRow(string Sha256, long SizeBytes, string MediaType, long UploadedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BlobDescriptor))]
[JsonSerializable(typeof(IReadOnlyList<BlobDescriptor>))]
[JsonSerializable(typeof(MirrorBlob.Body))]
sealed partial class BlossomJson : JsonSerializerContext;
