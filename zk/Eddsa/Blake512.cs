using System.Buffers.Binary;
using System.Numerics;

namespace PoA.Nostr.Zk.Eddsa;

/// <summary>
/// BLAKE-512, the SHA-3 finalist and not BLAKE2 ("SHA-3 proposal BLAKE", version 1.3), for messages of one block:
/// all that EdDSA keys need.
/// </summary>
static class Blake512
{
    public const int Size = 64;

    /// <summary>Longer messages need a second block.</summary>
    public const int MessageMax = 111;

    const int Rounds = 16;

    static readonly ulong[] Initial =
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    /// <summary>The first digits of π.</summary>
    static readonly ulong[] Pi =
    [
        0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89,
        0x452821e638d01377, 0xbe5466cf34e90c6c, 0xc0ac29b7c97c50dd, 0x3f84d5b5b5470917,
        0x9216d5d98979fb1b, 0xd1310ba698dfb5ac, 0x2ffd72dbd01adfb7, 0xb8e1afed6a267e96,
        0xba7c9045f12c7f99, 0x24a19947b3916cf7, 0x0801f2e2858efc16, 0x636920d871574e69,
    ];

    public static void Hash(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, MessageMax);
        Span<byte> block = stackalloc byte[128];
        block.Clear();
        message.CopyTo(block);
        block[message.Length] = 0x80;
        block[MessageMax] |= 0x01;
        var bits = 8ul * (ulong)message.Length;
        BinaryPrimitives.WriteUInt64BigEndian(block[120..], bits);

        Span<ulong> m = stackalloc ulong[16];
        for (var i = 0; i < m.Length; i++)
        {
            m[i] = BinaryPrimitives.ReadUInt64BigEndian(block[(8 * i)..]);
        }

        Span<ulong> v = stackalloc ulong[16];
        Initial.CopyTo(v);
        Pi.AsSpan(..8).CopyTo(v[8..]);
        v[12] ^= bits;
        v[13] ^= bits;
        for (var round = 0; round < Rounds; round++)
        {
            Round(v, m, Files.Blake2b.Sigma[round % 10]);
        }

        for (var i = 0; i < Initial.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(hash[(8 * i)..], Initial[i] ^ v[i] ^ v[i + 8]);
        }

        block.Clear();
        m.Clear();
        v.Clear();
    }

    static void Round(Span<ulong> v, ReadOnlySpan<ulong> m, byte[] s)
    {
        for (var i = 0; i < 4; i++)
        {
            Mix(v, m, (i, 4 + i, 8 + i, 12 + i), s[2 * i], s[(2 * i) + 1]);
        }

        for (var i = 0; i < 4; i++)
        {
            var corners = (i, 4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3));
            Mix(v, m, corners, s[8 + (2 * i)], s[9 + (2 * i)]);
        }
    }

    static void Mix(Span<ulong> v, ReadOnlySpan<ulong> m, (int A, int B, int C, int D) at, byte x, byte y)
    {
        v[at.A] += v[at.B] + (m[x] ^ Pi[y]);
        v[at.D] = BitOperations.RotateRight(v[at.D] ^ v[at.A], 32);
        v[at.C] += v[at.D];
        v[at.B] = BitOperations.RotateRight(v[at.B] ^ v[at.C], 25);
        v[at.A] += v[at.B] + (m[y] ^ Pi[x]);
        v[at.D] = BitOperations.RotateRight(v[at.D] ^ v[at.A], 16);
        v[at.C] += v[at.D];
        v[at.B] = BitOperations.RotateRight(v[at.B] ^ v[at.C], 11);
    }
}
