using System.Buffers.Binary;
using System.Numerics;

namespace PoA.Nostr.Zk.Files;

/// <summary>BLAKE2b with 64 bytes of output and no key (RFC 7693): the hash of transcripts and ptau files.</summary>
public sealed class Blake2b
{
    public const int Size = 64;
    const int BlockSize = 128;

    static readonly ulong[] Initial =
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    /// <summary>RFC 7693 §2.7: which word of the block goes where in each round.</summary>
    internal static readonly byte[][] Sigma =
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ];

    readonly ulong[] _state = [.. Initial];
    readonly byte[] _block = new byte[BlockSize];
    ulong _count;
    int _filled;

    public Blake2b() => _state[0] ^= 0x01010000 ^ Size;

    public static byte[] Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = new Blake2b();
        hash.Append(bytes);
        return hash.Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_filled == BlockSize) Compress(last: false);

            var taken = Math.Min(BlockSize - _filled, bytes.Length);
            bytes[..taken].CopyTo(_block.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
        }
    }

    /// <summary>The same bytes so far, to be continued in another way.</summary>
    public Blake2b Copy()
    {
        var copy = new Blake2b { _count = _count, _filled = _filled };
        _state.CopyTo(copy._state, 0);
        _block.CopyTo(copy._block, 0);
        return copy;
    }

    /// <summary>The hash of all that was appended; nothing can be appended afterwards.</summary>
    public byte[] Finish()
    {
        _block.AsSpan(_filled).Clear();
        Compress(last: true);
        var hash = new byte[Size];
        for (var i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(hash.AsSpan(8 * i), _state[i]);
        }

        return hash;
    }

    void Compress(bool last)
    {
        _count += (ulong)_filled;
        Span<ulong> m = stackalloc ulong[16];
        for (var i = 0; i < m.Length; i++)
        {
            m[i] = BinaryPrimitives.ReadUInt64LittleEndian(_block.AsSpan(8 * i));
        }

        Span<ulong> v = stackalloc ulong[16];
        _state.CopyTo(v);
        Initial.CopyTo(v[8..]);
        v[12] ^= _count;
        if (last) v[14] = ~v[14];

        for (var round = 0; round < 12; round++)
        {
            var s = Sigma[round % 10];
            for (var i = 0; i < 4; i++)
            {
                Mix(v, i, 4 + i, 8 + i, 12 + i, m[s[2 * i]], m[s[(2 * i) + 1]]);
            }

            for (var i = 0; i < 4; i++)
            {
                var b = 4 + ((i + 1) & 3);
                Mix(v, i, b, 8 + ((i + 2) & 3), 12 + ((i + 3) & 3), m[s[8 + (2 * i)]], m[s[9 + (2 * i)]]);
            }
        }

        for (var i = 0; i < _state.Length; i++)
        {
            _state[i] ^= v[i] ^ v[i + 8];
        }

        _filled = 0;
    }

    static void Mix(Span<ulong> v, int a, int b, int c, int d, ulong x, ulong y)
    {
        v[a] += v[b] + x;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 63);
    }
}
