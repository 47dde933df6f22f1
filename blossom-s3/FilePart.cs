using System.Net;
using System.Security.Cryptography;

namespace PoA.Nostr.BlossomS3;

/// <summary>A stretch of a finished file as a request's body.</summary>
sealed class FilePart(string path, long from, long length) : HttpContent
{
    const int CopyBytes = 256 * 1024;

    /// <summary>Of its bytes, as lower-case hex.</summary>
    public async Task<string> HashAsync(CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var bytes in ReadAsync(ct)) hash.AppendData(bytes.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    protected override bool TryComputeLength(out long size)
    {
        size = length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await foreach (var bytes in ReadAsync(cancellationToken)) await stream.WriteAsync(bytes, cancellationToken);
    }

    async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        using var file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        var buffer = new byte[Math.Min(CopyBytes, length)];
        for (var at = 0L; at < length;)
        {
            var most = (int)Math.Min(buffer.Length, length - at);
            var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, most), from + at, ct);
            if (read == 0) throw new EndOfStreamException($"{path} became shorter.");
            yield return buffer.AsMemory(0, read);
            at += read;
        }
    }
}
