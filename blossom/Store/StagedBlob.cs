using System.IO.Pipelines;
using System.Security.Cryptography;

namespace PoA.Nostr.Blossom.Store;

/// <summary>
/// An upload on its way: hashed while it streams into a file of its own, made durable before it has a name. Deleted on
/// dispose unless a store took it over.
/// </summary>
public sealed class StagedBlob : IAsyncDisposable
{
    StagedBlob(string path, string sha256, long size) => (Path, Sha256, Size) = (path, sha256, size);

    public string Path { get; }

    public string Sha256 { get; }

    public long Size { get; }

    /// <summary>Reads to the end. Stops at the limit, whatever a header promised.</summary>
    public static async Task<StagedBlob> WriteAsync(
        PipeReader source, string folder, long bytesMax, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var path = System.IO.Path.Combine(folder, $"{Guid.NewGuid():N}.part");
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            var size = await CopyAsync(source, file, hash, bytesMax, ct);
            RandomAccess.FlushToDisk(file);
            return new(path, Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    static async Task<long> CopyAsync(
        PipeReader source, Microsoft.Win32.SafeHandles.SafeFileHandle file, IncrementalHash hash, long bytesMax,
        CancellationToken ct)
    {
        var size = 0L;
        List<ReadOnlyMemory<byte>> segments = [];
        while (true)
        {
            var read = await source.ReadAsync(ct);
            var buffer = read.Buffer;
            if (size + buffer.Length > bytesMax)
            {
                throw new ProblemException(
                    BlossomProblems.TooLarge with { Detail = $"The limit is {bytesMax} bytes." });
            }

            // One write for all segments: a connection's segments are small, system calls are not free.
            segments.Clear();
            foreach (var segment in buffer)
            {
                hash.AppendData(segment.Span);
                segments.Add(segment);
            }

            RandomAccess.Write(file, segments, size);
            size += buffer.Length;
            source.AdvanceTo(buffer.End);
            if (read.IsCompleted) return size;
        }
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(Path);
        return ValueTask.CompletedTask;
    }
}
