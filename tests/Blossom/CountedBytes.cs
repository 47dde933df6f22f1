using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PoA.Nostr.Tests.Blossom;

/// <summary>As many bytes as a test wants, each mebibyte another, and none of them kept.</summary>
sealed class CountedBytes(long size) : Stream
{
    const int Block = 1024 * 1024;

    readonly byte[] _block = Pattern();
    long _position;

    /// <summary>Called with the position before more is read.</summary>
    public Func<long, CancellationToken, Task>? Before { get; init; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => size;
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public static async Task<string> HashAsync(long size, CancellationToken ct)
    {
        await using var bytes = new CountedBytes(size);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, ct));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Before is not null) await Before(_position, cancellationToken);
        return Read(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        var at = (int)(_position % Block);
        if (at == 0) BinaryPrimitives.WriteInt64LittleEndian(_block, _position / Block);
        var count = (int)Math.Min(Math.Min(buffer.Length, Block - at), size - _position);
        _block.AsSpan(at, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    static byte[] Pattern()
    {
        var block = new byte[Block];
        for (var at = 0; at < Block; at += SHA256.HashSizeInBytes)
        {
            SHA256.HashData(BitConverter.GetBytes(at), block.AsSpan(at));
        }

        return block;
    }
}
