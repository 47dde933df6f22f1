using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PoA.Nostr.Blossom.Store;

/// <summary>
/// Writes past the page cache: what comes in once and lies there for long has no business in it, and fresh pages cost a
/// large upload more than its disk does. Offsets, lengths and memory are multiples of <see cref="AlignBytes"/>.
/// </summary>
static partial class DirectFile
{
    /// <summary>A page; no disk asks for more.</summary>
    public const int AlignBytes = 4096;

    const int GetFlags = 3;
    const int SetFlags = 4;

    /// <summary>O_DIRECT, which each architecture numbers for itself; 0 where we do not know it.</summary>
    static readonly int Direct = !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 0x4000,
        Architecture.Arm64 => 0x10000,
        _ => 0,
    };

    /// <summary>False where the system or the file system knows no such thing: then the file is as it was.</summary>
    public static bool TryBegin(SafeFileHandle file) =>
        Direct != 0 && fcntl(file, SetFlags, fcntl(file, GetFlags, 0) | Direct) == 0;

    /// <summary>From here on the file is written as others are: its last bytes fill no block.</summary>
    public static void End(SafeFileHandle file) => _ = fcntl(file, SetFlags, fcntl(file, GetFlags, 0) & ~Direct);

    /// <summary>Room for bytes that are about to come. A hint: a file system may have none to give ahead.</summary>
    public static void Allocate(SafeFileHandle file, long from, long length) => _ = fallocate(file, 0, from, length);

    [LibraryImport("libc")]
    private static partial int fcntl(SafeFileHandle file, int command, int flags);

    [LibraryImport("libc")]
    private static partial int fallocate(SafeFileHandle file, int mode, long from, long length);
}
