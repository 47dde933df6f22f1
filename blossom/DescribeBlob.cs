using Microsoft.AspNetCore.Http;

namespace PoA.Nostr.Blossom;

/// <summary>What this server says of a blob that it keeps.</summary>
static class DescribeBlob
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
