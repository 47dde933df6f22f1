using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PoA.Nostr.Crypto;

/// <summary>
/// The ChaCha20 stream cipher alone (RFC 8439 §2.4), for NIP-44. The four rows of the state are four vectors, so
/// that a step works on all columns at once; nothing depends on secret values.
/// </summary>
public static class ChaCha20
{
    const int BlockBytes = 64;

    /// <summary>Turns plaintext into ciphertext in place, and back.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">12 bytes.</param>
    /// <param name="data">Up to 256 GiB from counter 0.</param>
    /// <param name="counter">The number of the first block.</param>
    public static void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> data, uint counter = 0)
    {
        if (key.Length != 32 || nonce.Length != 12) throw new ArgumentException("ChaCha20 takes 32 and 12 bytes.");

        var constants = Vector128.Create(0x61707865u, 0x3320646eu, 0x79622d32u, 0x6b206574u);
        var low = Row(key);
        var high = Row(key[16..]);
        Span<byte> stream = stackalloc byte[BlockBytes];
        for (; !data.IsEmpty; data = data[Math.Min(BlockBytes, data.Length)..])
        {
            var last = Vector128.Create(counter, Word(nonce, 0), Word(nonce, 1), Word(nonce, 2));
            Block(constants, low, high, last, stream);
            Xor(data, stream);
            counter = unchecked(counter + 1);
        }

        stream.Clear();
    }

    static void Block(Vector128<uint> a0, Vector128<uint> b0, Vector128<uint> c0, Vector128<uint> d0, Span<byte> to)
    {
        var (a, b, c, d) = (a0, b0, c0, d0);
        for (var round = 0; round < 10; round++)
        {
            QuarterRounds(ref a, ref b, ref c, ref d);
            (b, c, d) = (Turn(b, 1), Turn(c, 2), Turn(d, 3));
            QuarterRounds(ref a, ref b, ref c, ref d);
            (b, c, d) = (Turn(b, 3), Turn(c, 2), Turn(d, 1));
        }

        var words = MemoryMarshal.Cast<byte, uint>(to);
        (a + a0).CopyTo(words);
        (b + b0).CopyTo(words[4..]);
        (c + c0).CopyTo(words[8..]);
        (d + d0).CopyTo(words[12..]);
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(words, words);
    }

    static void QuarterRounds(
        ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        a += b;
        d = Rotate(d ^ a, 16);
        c += d;
        b = Rotate(b ^ c, 12);
        a += b;
        d = Rotate(d ^ a, 8);
        c += d;
        b = Rotate(b ^ c, 7);
    }

    static Vector128<uint> Rotate(Vector128<uint> row, int bits) => (row << bits) | (row >>> (32 - bits));

    /// <summary>Brings each diagonal into a column, and back.</summary>
    static Vector128<uint> Turn(Vector128<uint> row, int by) => by switch
    {
        1 => Vector128.Shuffle(row, Vector128.Create(1u, 2, 3, 0)),
        2 => Vector128.Shuffle(row, Vector128.Create(2u, 3, 0, 1)),
        _ => Vector128.Shuffle(row, Vector128.Create(3u, 0, 1, 2)),
    };

    static void Xor(Span<byte> data, ReadOnlySpan<byte> stream)
    {
        if (data.Length >= BlockBytes)
        {
            for (var at = 0; at < BlockBytes; at += 16)
            {
                var mixed = Vector128.Create<byte>(data[at..]) ^ Vector128.Create(stream[at..]);
                mixed.CopyTo(data[at..]);
            }

            return;
        }

        for (var at = 0; at < data.Length; at++) data[at] ^= stream[at];
    }

    static Vector128<uint> Row(ReadOnlySpan<byte> bytes) =>
        Vector128.Create(Word(bytes, 0), Word(bytes, 1), Word(bytes, 2), Word(bytes, 3));

    static uint Word(ReadOnlySpan<byte> bytes, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * 4)..]);
}
