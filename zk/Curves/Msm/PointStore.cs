using System.Runtime.InteropServices;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>Records of points that stay where they are, aligned to cache lines.</summary>
sealed unsafe class PointStore
{
    const int Alignment = 64;

    /// <summary>Keeps the memory alive.</summary>
    readonly byte[] _memory;

    public PointStore(long bytes)
    {
        Length = checked((int)bytes);
        _memory = GC.AllocateUninitializedArray<byte>(checked((int)bytes + Alignment), pinned: true);
        var start = (nint)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        Start = (byte*)((start + Alignment - 1) & ~(nint)(Alignment - 1));
    }

    public byte* Start { get; }

    public int Length { get; }

    public Span<byte> Bytes => new(Start, Length);
}
