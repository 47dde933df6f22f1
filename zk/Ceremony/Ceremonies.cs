using System.Buffers.Binary;
using System.Numerics;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Zk.Ceremony;

/// <summary>
/// How ceremonies draw numbers and points from a stream, and hash points: as ffjavascript does, or a transcript of
/// ours would not verify with snarkjs.
/// </summary>
static class Ceremonies
{
    /// <summary>(2q − r): the twist has that many times r points.</summary>
    static readonly BigInteger Cofactor = (2 * Fq.Modulus) - Fr.Modulus;
    static readonly Fq Half = Fq.FromBigInteger((Fq.Modulus - 1) / 2);

    /// <summary>Keyed with the first 32 bytes, as eight big-endian words.</summary>
    public static ChaCha Stream(ReadOnlySpan<byte> seed)
    {
        Span<uint> words = stackalloc uint[8];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(seed[(4 * i)..]);
        }

        return new(words);
    }

    /// <summary>A number of 254 bits below the modulus, taken as it is for the Montgomery form.</summary>
    public static Fe<TModulus> NextNumber<TModulus>(this ChaCha stream)
        where TModulus : struct, IModulus
    {
        Span<byte> bytes = stackalloc byte[32];
        while (true)
        {
            for (var i = 0; i < 4; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes[(8 * i)..], stream.NextUInt64());
            }

            bytes[31] &= 0x3f;
            if (Fe<TModulus>.TryReadMontgomery(bytes, out var value)) return value;
        }
    }

    public static G1Affine NextG1(this ChaCha stream)
    {
        while (true)
        {
            var x = stream.NextNumber<BaseModulus>();
            var greatest = stream.NextBit();
            if ((x.Square() * x + G1<Fq>.B).TrySqrt(out var y)) return new(x, IsNegative(y) == greatest ? y : -y);
        }
    }

    /// <summary>Drawn on the twist, then brought into the subgroup.</summary>
    public static G2Affine NextG2(this ChaCha stream)
    {
        while (true)
        {
            var x = new Fq2(stream.NextNumber<BaseModulus>(), stream.NextNumber<BaseModulus>());
            var greatest = stream.NextBit();
            if (!(x.Square() * x + G2<Fq>.B).TrySqrt(out var y)) continue;

            var negative = IsNegative(y.C1.IsZero ? y.C0 : y.C1);
            var point = new G2Affine(x, negative == greatest ? y : -y);
            var limbs = Exponents.Limbs(Cofactor);
            return point.ToProjective().Times(new(limbs[0], limbs[1], limbs[2], limbs[3])).ToAffine();
        }
    }

    /// <summary>The point of the second group that a transcript names.</summary>
    public static G2Affine PointOf(ReadOnlySpan<byte> transcript) => Stream(transcript).NextG2();

    /// <summary>Uncompressed, most significant byte first.</summary>
    public static void Append(this Blake2b hash, params ReadOnlySpan<G1Affine> points)
    {
        Span<byte> bytes = stackalloc byte[64];
        foreach (ref readonly var point in points)
        {
            PointEncoding.WriteUncompressed(point, bytes);
            hash.Append(bytes);
        }
    }

    public static void Append(this Blake2b hash, params ReadOnlySpan<G2Affine> points)
    {
        Span<byte> bytes = stackalloc byte[128];
        foreach (ref readonly var point in points)
        {
            PointEncoding.WriteUncompressed(point, bytes);
            hash.Append(bytes);
        }
    }

    /// <summary>b = k·a and d = k·c for one k: e(a, d) = e(b, c). Infinity has no ratio.</summary>
    public static bool SameRatio(in G1Affine a, in G1Affine b, in G2Affine c, in G2Affine d) =>
        !a.IsInfinity && !b.IsInfinity && !c.IsInfinity && !d.IsInfinity && Pairing.ProductIsOne([a, -b], [d, c]);

    static bool IsNegative(in Fq value)
    {
        var (a, b) = (value.ToLimbs(), Half.ToLimbs());
        return (a.L3, a.L2, a.L1, a.L0).CompareTo((b.L3, b.L2, b.L1, b.L0)) > 0;
    }
}
