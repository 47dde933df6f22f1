using System.Numerics;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>
/// A point of Baby Jubjub by its coordinates, unchecked: 168700·x² + y² = 1 + 168696·x²y² over Fr (EIP-2494). The group
/// has order 8·l; the addition law has no exceptions, and neither additions nor <see cref="Times"/> branch.
/// </summary>
public readonly record struct BabyJubJub(Fr X, Fr Y)
{
    const int Bits = 254;
    static readonly Fr A = Fr.FromUInt64(168_700);
    static readonly Fr D = Fr.FromUInt64(168_696);
    static readonly Fr Half = Fr.FromBigInteger((Fr.Modulus - 1) / 2);

    /// <summary>Bytes of a packed point.</summary>
    public const int Size = 32;

    /// <summary>l, the prime order of the subgroup.</summary>
    public static BigInteger SubgroupOrder { get; } =
        BigInteger.Parse("2736030358979909402780800718157159386076813972158567259200215660948447373041", null);

    public static BabyJubJub Identity => new(Fr.Zero, Fr.One);

    /// <summary>Of order 8·l.</summary>
    public static BabyJubJub Generator { get; } = new(
        Fr.Parse("995203441582195749578291179787384436505546430278305826713579947235728471134"),
        Fr.Parse("5472060717959818805561601436314318772137091100104008585924551046643952123905"));

    /// <summary>Eight times the generator, of order l: what keys and signatures are multiples of.</summary>
    public static BabyJubJub Base8 { get; } = new(
        Fr.Parse("5299619240641551281634865583518297030282874472190772894086521144482721001553"),
        Fr.Parse("16950150798460657717958625567821834550301663161624707787222815936182638968203"));

    public bool IsOnCurve
    {
        get
        {
            var (xx, yy) = (X.Square(), Y.Square());
            return (A * xx) + yy == Fr.One + (D * xx * yy);
        }
    }

    /// <summary>On the curve, and of order l or 1.</summary>
    public bool IsInSubgroup
    {
        get
        {
            var l = Exponents.Limbs(SubgroupOrder);
            return IsOnCurve && Times(new(l[0], l[1], l[2], l[3])) == Identity;
        }
    }

    public static BabyJubJub operator -(in BabyJubJub a) => new(-a.X, a.Y);

    public static BabyJubJub operator +(in BabyJubJub a, in BabyJubJub b) =>
        (new Extended(a) + new Extended(b)).ToAffine();

    /// <summary>
    /// A multiple by up to 254 bits, in the same steps for every scalar and point: the scalar may be a secret.
    /// </summary>
    public BabyJubJub Times(in Limbs scalar)
    {
        ReadOnlySpan<ulong> limbs = [scalar.L0, scalar.L1, scalar.L2, scalar.L3];
        var point = new Extended(this);
        var result = new Extended(Identity);
        for (var bit = Bits - 1; bit >= 0; bit--)
        {
            result += result;
            result = Extended.Select((limbs[bit >> 6] >> (bit & 63)) & 1, result + point, result);
        }

        return result.ToAffine();
    }

    /// <summary>y, least significant byte first; the top bit is set where x is above (r − 1)/2 (circomlib).</summary>
    public void Pack(Span<byte> bytes)
    {
        Y.Write(bytes);
        if (IsUpper(X)) bytes[Size - 1] |= 0x80;
    }

    /// <summary>False for y of r or more, for y of no point, and for x = 0 marked as the greater root.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> bytes, out BabyJubJub point)
    {
        point = default;
        if (bytes.Length != Size) return false;

        Span<byte> ordinate = stackalloc byte[Size];
        bytes.CopyTo(ordinate);
        var upper = (ordinate[Size - 1] & 0x80) != 0;
        ordinate[Size - 1] &= 0x7f;
        if (!Fr.TryRead(ordinate, out var y)) return false;

        var yy = y.Square();
        if (!((Fr.One - yy) * (A - (D * yy)).Invert()).TrySqrt(out var x)) return false;
        if (x.IsZero && upper) return false;

        point = new(IsUpper(x) == upper ? x : -x, y);
        return point.IsOnCurve;
    }

    static bool IsUpper(in Fr x)
    {
        var (a, b) = (x.ToLimbs(), Half.ToLimbs());
        return (a.L3, a.L2, a.L1, a.L0).CompareTo((b.L3, b.L2, b.L1, b.L0)) > 0;
    }

    /// <summary>(X/Z, Y/Z): Bernstein, Birkner, Joye, Lange and Peters (eprint 2008/013 §6).</summary>
    readonly record struct Extended(Fr X, Fr Y, Fr Z)
    {
        public Extended(in BabyJubJub point)
            : this(point.X, point.Y, Fr.One)
        {
        }

        public static Extended operator +(in Extended a, in Extended b)
        {
            var z = a.Z * b.Z;
            var zz = z.Square();
            var x = a.X * b.X;
            var y = a.Y * b.Y;
            var cross = Fr.MultiplyAdd(a.X, b.Y, b.X, a.Y);
            var e = D * x * y;
            var (less, more) = (zz - e, zz + e);
            return new(z * less * cross, z * more * (y - (A * x)), less * more);
        }

        public static Extended Select(ulong bit, in Extended a, in Extended b) =>
            new(Fr.Select(bit, a.X, b.X), Fr.Select(bit, a.Y, b.Y), Fr.Select(bit, a.Z, b.Z));

        public BabyJubJub ToAffine()
        {
            var inverse = Z.Invert();
            return new(X * inverse, Y * inverse);
        }
    }
}
