using System.Security.Cryptography;

namespace PoA.Nostr.Blossom;

/// <summary>Bytes to upload. Their hash is known, and they can be read once for each server.</summary>
/// <param name="Sha256">64 lower-case hex digits.</param>
/// <param name="Size">In bytes.</param>
/// <param name="MediaType">Such as <c>text/plain</c>.</param>
/// <param name="Open">From the first byte, each time.</param>
public sealed record BlobContent(string Sha256, long Size, string MediaType, Func<Stream> Open)
{
    public static BlobContent Of(byte[] bytes, string mediaType) => new(
        Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, mediaType,
        () => new MemoryStream(bytes, writable: false));

    /// <summary>Reads the file once for its hash. It must not change until it is uploaded.</summary>
    public static async Task<BlobContent> OfFileAsync(string path, string mediaType, CancellationToken ct)
    {
        await using var file = OpenFile(path);
        var hash = await SHA256.HashDataAsync(file, ct);
        return new(Convert.ToHexStringLower(hash), file.Length, mediaType, () => OpenFile(path));
    }

    static FileStream OpenFile(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.Read,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        BufferSize = 0,
    });
}
