using System.Runtime.CompilerServices;

namespace PoA.Nostr.Blossom.Store;

/// <summary>
/// Blobs as files: <c>ab/cd/&lt;sha256&gt;</c> under one folder. A name appears only when its bytes are durable.
/// </summary>
public sealed class FileBlobStore(string folder) : IBlobStore
{
    public Task KeepAsync(string sha256, string finishedFile, CancellationToken ct)
    {
        var path = PathOf(sha256);
        var parent = Path.GetDirectoryName(path)!;
        var isNew = !Directory.Exists(parent);
        Directory.CreateDirectory(parent);
        File.Move(finishedFile, path, overwrite: true);
        FolderFlush.Run(parent);
        if (isNew)
        {
            FolderFlush.Run(Path.GetDirectoryName(parent)!);
            FolderFlush.Run(folder);
        }

        return Task.CompletedTask;
    }

    public Task<Stream?> OpenAsync(string sha256, long from, long length, CancellationToken ct)
    {
        try
        {
            var stream = new FileStream(PathOf(sha256), new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                BufferSize = 0,
            });
            stream.Position = from;
            return Task.FromResult<Stream?>(stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public Task<long?> SizeAsync(string sha256, CancellationToken ct)
    {
        var file = new FileInfo(PathOf(sha256));
        return Task.FromResult<long?>(file.Exists ? file.Length : null);
    }

    public Task DeleteAsync(string sha256, CancellationToken ct)
    {
        var path = PathOf(sha256);
        if (File.Exists(path)) File.Delete(path);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            if (Hex.Is32(Path.GetFileName(path))) yield return Path.GetFileName(path);
        }
    }

    /// <summary>Refuses anything but a hash, so that no name can leave the folder.</summary>
    string PathOf(string sha256) => Hex.Is32(sha256)
        ? Path.Combine(folder, sha256[..2], sha256[2..4], sha256)
        : throw new ProblemException(BlossomProblems.BadHash);
}
