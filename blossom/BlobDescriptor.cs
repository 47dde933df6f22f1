using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace PoA.Nostr.Blossom;

/// <summary>What a client learns of a blob (BUD-02, with the file metadata tags of BUD-08).</summary>
public sealed record BlobDescriptor(
    string Url, string Sha256, long Size, string Type, long Uploaded, string[][] Nip94)
{
    /// <summary>What an upload or a mirror answers: 201 for a new blob, 200 for a known one.</summary>
    public static IResult Answer(BlobRow blob, bool created, string publicUrl) => TypedResults.Json(
        Of(blob, publicUrl), BlossomJson.Default.BlobDescriptor, statusCode: created ? 201 : 200);

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
