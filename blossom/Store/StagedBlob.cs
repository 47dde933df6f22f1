using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace PoA.Nostr.Blossom.Store;

/// <summary>
/// An upload on its way: hashed while it streams into a file of its own, made durable before it has a name. Deleted on
/// dispose unless a store took it over.
/// </summary>
public sealed partial class StagedBlob : IAsyncDisposable
{
    /// <summary>Well under what Kestrel holds back for a reader (1 MiB), or both would wait.</summary>
    const int BatchBytes = 256 * 1024;

    /// <summary>The disk begins while the rest is under way, so that fsync finds little to do.</summary>
    const int WriteBackBytes = 4 << 20;

    StagedBlob(string path, string sha256, long size) => (Path, Sha256, Size) = (path, sha256, size);

    public string Path { get; }

    public string Sha256 { get; }

    public long Size { get; }

    /// <summary>Reads to the end. Stops at the limit, whatever a header promised.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="folder">Where unfinished uploads lie.</param>
    /// <param name="length">How many bytes will come, when that is known.</param>
    /// <param name="bytesMax">How many are taken.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<StagedBlob> WriteAsync(
        PipeReader source, string folder, long? length, long bytesMax, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var path = System.IO.Path.Combine(folder, $"{Guid.NewGuid():N}.part");
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            using var batches = length >= UploadBatches.BatchBytes ? UploadBatches.TryTake() : null;
            var size = batches is not null && DirectFile.TryBegin(file)
                ? await new StreamLarge(file, hash, batches, length!.Value).CopyAsync(source, bytesMax, ct)
                : await CopyAsync(source, file, hash, bytesMax, ct);
            RandomAccess.FlushToDisk(file);
            return new(path, Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    internal static Problem TooLarge(long bytesMax) =>
        BlossomProblems.TooLarge with { Detail = $"The limit is {bytesMax} bytes." };

    static async Task<long> CopyAsync(
        PipeReader source, SafeFileHandle file, IncrementalHash hash, long bytesMax,
        CancellationToken ct)
    {
        var size = 0L;
        var given = 0L;
        List<ReadOnlyMemory<byte>> segments = [];
        while (true)
        {
            var read = await source.ReadAtLeastAsync(BatchBytes, ct);
            var buffer = read.Buffer;
            if (size + buffer.Length > bytesMax)
            {
                throw new ProblemException(TooLarge(bytesMax));
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
            if (size - given >= WriteBackBytes)
            {
                BeginWriteBack(file, given, size - given);
                given = size;
            }

            source.AdvanceTo(buffer.End);
            if (read.IsCompleted) return size;
        }
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(Path);
        return ValueTask.CompletedTask;
    }

    /// <summary>A hint: the fsync at the end is what counts.</summary>
    static void BeginWriteBack(SafeFileHandle file, long from, long length)
    {
        const uint write = 2;
        if (OperatingSystem.IsLinux()) _ = sync_file_range(file, from, length, write);
    }

    [LibraryImport("libc")]
    private static partial int sync_file_range(SafeFileHandle file, long from, long length, uint flags);
}
