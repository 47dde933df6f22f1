using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace PoA.Nostr.Blossom;

/// <summary>
/// Kestrel's buffers, larger: it receives into one block a system call, and its own blocks are 4 KiB, which costs an
/// upload more than its hash does. Idle connections hold none.
/// </summary>
sealed class LargeBlocks : MemoryPool<byte>
{
    const int BlockBytes = 64 * 1024;
    const int KeptMax = 256;

    readonly ConcurrentQueue<byte[]> _free = [];

    public override int MaxBufferSize => BlockBytes;

    /// <summary>For the server's own services: it asks for one pool a listener.</summary>
    public sealed class Factory : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new LargeBlocks();
    }

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        return new Block(this, _free.TryDequeue(out var free)
            ? free
            : GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true));
    }

    protected override void Dispose(bool disposing) => _free.Clear();

    void Return(byte[] bytes)
    {
        if (_free.Count < KeptMax) _free.Enqueue(bytes);
    }

    /// <summary>One loan: giving it back twice gives it back once.</summary>
    sealed class Block(LargeBlocks pool, byte[] bytes) : IMemoryOwner<byte>
    {
        byte[]? _bytes = bytes;

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } lent) pool.Return(lent);
        }
    }
}
