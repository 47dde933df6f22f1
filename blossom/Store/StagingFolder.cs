using Microsoft.Extensions.Options;

namespace PoA.Nostr.Blossom.Store;

/// <summary>
/// Where uploads of this process are on their way: a folder of its own, with a lock beside it that ends with the
/// process, however that ends. What lies in a folder without a held lock was left behind and can go at once.
/// </summary>
public sealed class StagingFolder : IDisposable
{
    readonly string _all;
    readonly string _own;
    readonly Lazy<FileStream> _lock;

    public StagingFolder(IOptions<BlossomOptions> options)
    {
        _all = options.Value.StagingFolder;
        _own = Path.Combine(_all, $"{Guid.NewGuid():N}");
        _lock = new(() =>
        {
            Directory.CreateDirectory(_all);
            return TryLock(_own)!;
        });
    }

    /// <summary>The folder, locked from the first time on.</summary>
    public string Take()
    {
        _ = _lock.Value;
        return _own;
    }

    /// <summary>Deletes what processes that are no more left behind; the number of files.</summary>
    public int DropAbandoned()
    {
        if (!Directory.Exists(_all)) return 0;

        var dropped = 0;
        foreach (var folder in Directory.GetDirectories(_all))
        {
            using var held = TryLock(folder);
            if (held is null || !Directory.Exists(folder)) continue;
            dropped += Directory.GetFiles(folder).Length;
            Directory.Delete(folder, recursive: true);
        }

        return dropped;
    }

    public void Dispose()
    {
        if (!_lock.IsValueCreated) return;
        if (Directory.Exists(_own)) Directory.Delete(_own, recursive: true);
        _lock.Value.Dispose();
    }

    /// <summary>Null when a process that lives holds it.</summary>
    static FileStream? TryLock(string folder)
    {
        try
        {
            return new(
                folder + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1,
                FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
