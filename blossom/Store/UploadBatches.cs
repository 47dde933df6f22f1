using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace PoA.Nostr.Blossom.Store;

/// <summary>
/// Two batches of memory for one large upload: one fills while the other is hashed and written. A bounded number is
/// lent at a time, so that many slow uploads hold little; whoever gets none goes on in small pieces.
/// </summary>
sealed unsafe class UploadBatches : IDisposable
{
    public const int BatchBytes = 1 << 20;
    const int LentMax = 32;

    static readonly ConcurrentBag<UploadBatches> Free = [];
    static int s_lent;

    readonly byte* _both = (byte*)NativeMemory.AlignedAlloc(2 * BatchBytes, DirectFile.AlignBytes);

    UploadBatches()
    {
    }

    /// <summary>Null when all are lent. Dispose gives them back.</summary>
    public static UploadBatches? TryTake()
    {
        if (Interlocked.Increment(ref s_lent) <= LentMax) return Free.TryTake(out var free) ? free : new();
        Interlocked.Decrement(ref s_lent);
        return null;
    }

    /// <summary>The first or the second, in turn.</summary>
    public Span<byte> this[long batch] => new(_both + ((batch & 1) * BatchBytes), BatchBytes);

    public void Dispose()
    {
        Free.Add(this);
        Interlocked.Decrement(ref s_lent);
    }
}
