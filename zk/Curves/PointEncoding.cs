using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>
/// Points as bytes. Reading is strict: canonical coordinates, on the curve, and for the second group of order r. Three
/// forms are in use: raw (Montgomery, least significant byte first: .zkey and .ptau), uncompressed (EIP-197: most
/// significant first, C1 before C0) and compressed (the same without y; 0x80 marks the greater y, 0x40 infinity).
/// </summary>
public static class PointEncoding
{
    const byte GreaterY = 0x80;
    const byte AtInfinity = 0x40;
    static readonly Fq Half = Fq.FromBigInteger((Fq.Modulus - 1) / 2);

    /// <summary>64 bytes; zeros are infinity.</summary>
    public static bool TryReadRaw(ReadOnlySpan<byte> bytes, out G1Affine point)
    {
        point = default;
        if (bytes.Length != 64) return false;
        if (!Fq.TryReadMontgomery(bytes[..32], out var x)) return false;
        if (!Fq.TryReadMontgomery(bytes[32..], out var y)) return false;

        point = new(x, y);
        return point.IsOnCurve;
    }

    /// <summary>128 bytes; zeros are infinity. The order of the point is checked where asked: it costs 60 µs.</summary>
    public static bool TryReadRaw(ReadOnlySpan<byte> bytes, out G2Affine point, bool checkOrder = true)
    {
        point = default;
        if (bytes.Length != 128) return false;
        if (!TryReadRaw(bytes[..64], out Fq2 x) || !TryReadRaw(bytes[64..], out Fq2 y)) return false;

        point = new(x, y);
        return checkOrder ? G2.IsInSubgroup(point) : point.IsOnCurve;
    }

    public static void WriteRaw(in G1Affine point, Span<byte> bytes)
    {
        point.X.WriteMontgomery(bytes);
        point.Y.WriteMontgomery(bytes[32..]);
    }

    public static void WriteRaw(in G2Affine point, Span<byte> bytes)
    {
        point.X.C0.WriteMontgomery(bytes);
        point.X.C1.WriteMontgomery(bytes[32..]);
        point.Y.C0.WriteMontgomery(bytes[64..]);
        point.Y.C1.WriteMontgomery(bytes[96..]);
    }

    /// <summary>64 bytes; zeros are infinity.</summary>
    public static bool TryReadUncompressed(ReadOnlySpan<byte> bytes, out G1Affine point)
    {
        point = default;
        if (bytes.Length != 64) return false;
        if (!Fq.TryReadBigEndian(bytes[..32], out var x)) return false;
        if (!Fq.TryReadBigEndian(bytes[32..], out var y)) return false;

        point = new(x, y);
        return point.IsOnCurve;
    }

    /// <summary>128 bytes; zeros are infinity.</summary>
    public static bool TryReadUncompressed(ReadOnlySpan<byte> bytes, out G2Affine point)
    {
        point = default;
        if (bytes.Length != 128) return false;
        if (!TryReadBigEndian(bytes[..64], out var x) || !TryReadBigEndian(bytes[64..], out var y)) return false;

        point = new(x, y);
        return G2.IsInSubgroup(point);
    }

    public static void WriteUncompressed(in G1Affine point, Span<byte> bytes)
    {
        point.X.WriteBigEndian(bytes);
        point.Y.WriteBigEndian(bytes[32..]);
    }

    public static void WriteUncompressed(in G2Affine point, Span<byte> bytes)
    {
        WriteBigEndian(point.X, bytes);
        WriteBigEndian(point.Y, bytes[64..]);
    }

    /// <summary>32 bytes.</summary>
    public static bool TryReadCompressed(ReadOnlySpan<byte> bytes, out G1Affine point)
    {
        point = default;
        if (bytes.Length != 32) return false;

        Span<byte> x = stackalloc byte[32];
        if (!TryTakeFlags(bytes, x, out var greater, out var infinity)) return false;
        if (infinity) return true;
        if (!Fq.TryReadBigEndian(x, out var abscissa)) return false;
        if (!((abscissa.Square() * abscissa) + G1<Fq>.B).TrySqrt(out var y)) return false;

        point = new(abscissa, IsGreater(y) == greater ? y : -y);
        return true;
    }

    /// <summary>64 bytes.</summary>
    public static bool TryReadCompressed(ReadOnlySpan<byte> bytes, out G2Affine point)
    {
        point = default;
        if (bytes.Length != 64) return false;

        Span<byte> x = stackalloc byte[64];
        if (!TryTakeFlags(bytes, x, out var greater, out var infinity)) return false;
        if (infinity) return true;
        if (!TryReadBigEndian(x, out var abscissa)) return false;
        if (!((abscissa.Square() * abscissa) + G2<Fq>.B).TrySqrt(out var y)) return false;

        point = new(abscissa, IsGreater(y) == greater ? y : -y);
        return G2.IsInSubgroup(point);
    }

    public static void WriteCompressed(in G1Affine point, Span<byte> bytes)
    {
        point.X.WriteBigEndian(bytes);
        bytes[0] |= point.IsInfinity ? AtInfinity : IsGreater(point.Y) ? GreaterY : (byte)0;
    }

    public static void WriteCompressed(in G2Affine point, Span<byte> bytes)
    {
        WriteBigEndian(point.X, bytes);
        bytes[0] |= point.IsInfinity ? AtInfinity : IsGreater(point.Y) ? GreaterY : (byte)0;
    }

    /// <summary>Infinity has no other bit set.</summary>
    static bool TryTakeFlags(ReadOnlySpan<byte> bytes, Span<byte> x, out bool greater, out bool infinity)
    {
        bytes.CopyTo(x);
        greater = (x[0] & GreaterY) != 0;
        infinity = (x[0] & AtInfinity) != 0;
        x[0] &= 0x3f;
        return !infinity || (!greater && !x.ContainsAnyExcept((byte)0));
    }

    /// <summary>Greater than its negative, the upper coefficient first.</summary>
    static bool IsGreater(in Fq2 y) => y.C1.IsZero ? IsGreater(y.C0) : IsGreater(y.C1);

    static bool IsGreater(in Fq y)
    {
        var (a, b) = (y.ToLimbs(), Half.ToLimbs());
        return (a.L3, a.L2, a.L1, a.L0).CompareTo((b.L3, b.L2, b.L1, b.L0)) > 0;
    }

    static bool TryReadRaw(ReadOnlySpan<byte> bytes, out Fq2 value)
    {
        var canonical = Fq.TryReadMontgomery(bytes[..32], out var c0) & Fq.TryReadMontgomery(bytes[32..], out var c1);
        value = new(c0, c1);
        return canonical;
    }

    static bool TryReadBigEndian(ReadOnlySpan<byte> bytes, out Fq2 value)
    {
        var canonical = Fq.TryReadBigEndian(bytes[..32], out var c1) & Fq.TryReadBigEndian(bytes[32..], out var c0);
        value = new(c0, c1);
        return canonical;
    }

    static void WriteBigEndian(in Fq2 value, Span<byte> bytes)
    {
        value.C1.WriteBigEndian(bytes);
        value.C0.WriteBigEndian(bytes[32..]);
    }
}
