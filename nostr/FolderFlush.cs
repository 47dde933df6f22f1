using System.Runtime.InteropServices;

namespace PoA.Nostr;

/// <summary>A new name is durable when its folder is: POSIX asks for an fsync of the directory itself.</summary>
public static partial class FolderFlush
{
    /// <summary>What cannot be opened is left to the file system.</summary>
    public static void Run(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = open(folder, 0);
        if (handle < 0) return;
        _ = fsync(handle);
        _ = close(handle);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int fsync(int handle);

    [LibraryImport("libc")]
    private static partial int close(int handle);
}
