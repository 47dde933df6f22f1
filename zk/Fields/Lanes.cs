using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PoA.Nostr.Zk.Fields;

/// <summary>
/// Eight field elements side by side: five vectors of 52-bit limbs, Montgomery form with 2^260, for AVX-512.
/// Every operator takes operands below 4p with limbs below 2^52 and gives the same back; nothing is ever compared or
/// branched upon. <see cref="Canonical"/> alone reduces fully.
/// </summary>
[SkipLocalsInit]
readonly partial struct Lanes<TModulus> : IField<Lanes<TModulus>>
    where TModulus : struct, IModulus
{
    /// <summary>Elements side by side.</summary>
    public const int Count = 8;

    const int LimbBits = 52;
    const ulong LimbMask = (1ul << LimbBits) - 1;

    readonly Vector512<ulong> _0;
    readonly Vector512<ulong> _1;
    readonly Vector512<ulong> _2;
    readonly Vector512<ulong> _3;
    readonly Vector512<ulong> _4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Lanes(
        Vector512<ulong> l0, Vector512<ulong> l1, Vector512<ulong> l2, Vector512<ulong> l3, Vector512<ulong> l4) =>
        (_0, _1, _2, _3, _4) = (l0, l1, l2, l3, l4);

    public static Lanes<TModulus> Zero => default;

    public static Lanes<TModulus> One => Broadcast(TModulus.LaneR);

    static Limbs52 Prime
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Split(TModulus.P);
    }

    /// <summary>4p with a bit lent from each limb to the one below: its limbs exceed those of any operand.</summary>
    static Limbs52 FourP
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var p = TModulus.P;
            var four = Split(new(
                p.L0 << 2, (p.L1 << 2) | (p.L0 >> 62), (p.L2 << 2) | (p.L1 >> 62), (p.L3 << 2) | (p.L2 >> 62)));
            const ulong lent = 1ul << LimbBits;
            return new(
                four.L0 + lent, four.L1 + lent - 1, four.L2 + lent - 1, four.L3 + lent - 1, four.L4 - 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<TModulus> operator +(in Lanes<TModulus> a, in Lanes<TModulus> b) =>
        Reduced(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<TModulus> operator -(in Lanes<TModulus> a, in Lanes<TModulus> b)
    {
        var four = FourP;
        return Reduced(
            a._0 + (Vector512.Create(four.L0) - b._0), a._1 + (Vector512.Create(four.L1) - b._1),
            a._2 + (Vector512.Create(four.L2) - b._2), a._3 + (Vector512.Create(four.L3) - b._3),
            a._4 + (Vector512.Create(four.L4) - b._4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<TModulus> operator -(in Lanes<TModulus> a) => default(Lanes<TModulus>) - a;

    /// <summary>9a + b for operands below 1.1p; below 2.1p, by a table of multiples of 2p.</summary>
    public static Lanes<TModulus> NinePlus(in Lanes<TModulus> a, in Lanes<TModulus> b) => ReducedFar(
        Nine(a._0) + b._0, Nine(a._1) + b._1, Nine(a._2) + b._2, Nine(a._3) + b._3, Nine(a._4) + b._4);

    /// <summary>9a − b for operands below 1.1p; below 2.1p.</summary>
    public static Lanes<TModulus> NineMinus(in Lanes<TModulus> a, in Lanes<TModulus> b)
    {
        var four = FourP;
        return ReducedFar(
            Nine(a._0) + (Vector512.Create(four.L0) - b._0), Nine(a._1) + (Vector512.Create(four.L1) - b._1),
            Nine(a._2) + (Vector512.Create(four.L2) - b._2), Nine(a._3) + (Vector512.Create(four.L3) - b._3),
            Nine(a._4) + (Vector512.Create(four.L4) - b._4));
    }

    public Lanes<TModulus> Square() => this * this;

    public Lanes<TModulus> Twice() => this + this;

    /// <summary>All lanes by one inversion (Montgomery's trick). Tells, by its time, which lanes are zero.</summary>
    public Lanes<TModulus> Invert()
    {
        Span<Fe<TModulus>> values = stackalloc Fe<TModulus>[Count];
        Span<Fe<TModulus>> products = stackalloc Fe<TModulus>[Count];
        Store(values);
        var product = Fe<TModulus>.One;
        for (var lane = 0; lane < Count; lane++)
        {
            products[lane] = product;
            if (!values[lane].IsZero) product *= values[lane];
        }

        var inverse = product.Invert();
        for (var lane = Count - 1; lane >= 0; lane--)
        {
            if (values[lane].IsZero) continue;

            (values[lane], inverse) = (inverse * products[lane], inverse * values[lane]);
        }

        return Load(values);
    }

    /// <summary>Lane by lane: a where the mask has all bits set, b where it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<TModulus> Select(Vector512<ulong> mask, in Lanes<TModulus> a, in Lanes<TModulus> b) => new(
        Vector512.ConditionalSelect(mask, a._0, b._0), Vector512.ConditionalSelect(mask, a._1, b._1),
        Vector512.ConditionalSelect(mask, a._2, b._2), Vector512.ConditionalSelect(mask, a._3, b._3),
        Vector512.ConditionalSelect(mask, a._4, b._4));

    /// <summary>Lanes of the result are lanes of the operand, chosen by index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes<TModulus> Permuted(Vector512<ulong> indices) => new(
        Avx512F.PermuteVar8x64(_0, indices), Avx512F.PermuteVar8x64(_1, indices),
        Avx512F.PermuteVar8x64(_2, indices), Avx512F.PermuteVar8x64(_3, indices),
        Avx512F.PermuteVar8x64(_4, indices));

    /// <summary>All bits set in each lane that holds zero.</summary>
    public Vector512<ulong> IsZero()
    {
        var value = Canonical();
        return Vector512.Equals(value._0 | value._1 | value._2 | value._3 | value._4, Vector512<ulong>.Zero);
    }

    /// <summary>Below p.</summary>
    public Lanes<TModulus> Canonical()
    {
        var weak = Reduced(_0, _1, _2, _3, _4);
        var p = Prime;
        var less = Normalized(
            weak._0 - Vector512.Create(p.L0), weak._1 - Vector512.Create(p.L1), weak._2 - Vector512.Create(p.L2),
            weak._3 - Vector512.Create(p.L3), weak._4 - Vector512.Create(p.L4));
        var negative = Vector512.ShiftRightArithmetic(less._4.AsInt64(), 63).AsUInt64();
        return Select(negative, weak, less);
    }

    /// <summary>
    /// Below 8p in, below 1.01p out: the top limb tells how many times p fits (never too many, since it and the
    /// reciprocal of p are rounded down), and that multiple comes from a table of eight.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lanes<TModulus> Reduced(
        Vector512<ulong> l0, Vector512<ulong> l1, Vector512<ulong> l2, Vector512<ulong> l3, Vector512<ulong> l4)
    {
        var p = Prime;
        var times = Avx512DQ.ConvertToVector512UInt64WithTruncation(
            Avx512DQ.ConvertToVector512Double(l4) * Vector512.Create(1.0 / (p.L4 + 1)));
        return Normalized(
            l0 - Avx512F.PermuteVar8x64(Multiples(p.L0), times),
            l1 - Avx512F.PermuteVar8x64(Multiples(p.L1), times),
            l2 - Avx512F.PermuteVar8x64(Multiples(p.L2), times),
            l3 - Avx512F.PermuteVar8x64(Multiples(p.L3), times),
            l4 - Avx512F.PermuteVar8x64(Multiples(p.L4), times));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ulong> Nine(Vector512<ulong> limb) => (limb << 3) + limb;

    /// <summary>Below 16p in, below 2.01p out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lanes<TModulus> ReducedFar(
        Vector512<ulong> l0, Vector512<ulong> l1, Vector512<ulong> l2, Vector512<ulong> l3, Vector512<ulong> l4)
    {
        var p = Prime;
        var times = Avx512DQ.ConvertToVector512UInt64WithTruncation(
            Avx512DQ.ConvertToVector512Double(l4) * Vector512.Create(0.5 / (p.L4 + 1)));
        return Normalized(
            l0 - Avx512F.PermuteVar8x64(Multiples(2 * p.L0), times),
            l1 - Avx512F.PermuteVar8x64(Multiples(2 * p.L1), times),
            l2 - Avx512F.PermuteVar8x64(Multiples(2 * p.L2), times),
            l3 - Avx512F.PermuteVar8x64(Multiples(2 * p.L3), times),
            l4 - Avx512F.PermuteVar8x64(Multiples(2 * p.L4), times));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ulong> Multiples(ulong limb) =>
        Vector512.Create(0, limb, 2 * limb, 3 * limb, 4 * limb, 5 * limb, 6 * limb, 7 * limb);

    /// <summary>Carries (or borrows: limbs may be negative) into the limb above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lanes<TModulus> Normalized(
        Vector512<ulong> l0, Vector512<ulong> l1, Vector512<ulong> l2, Vector512<ulong> l3, Vector512<ulong> l4)
    {
        var mask = Vector512.Create(LimbMask);
        l1 += Carry(l0);
        l2 += Carry(l1);
        l3 += Carry(l2);
        l4 += Carry(l3);
        return new(l0 & mask, l1 & mask, l2 & mask, l3 & mask, l4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ulong> Carry(Vector512<ulong> limb) =>
        Vector512.ShiftRightArithmetic(limb.AsInt64(), LimbBits).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lanes<TModulus> Broadcast(in Limbs52 limbs) => new(
        Vector512.Create(limbs.L0), Vector512.Create(limbs.L1), Vector512.Create(limbs.L2),
        Vector512.Create(limbs.L3), Vector512.Create(limbs.L4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Limbs52 Split(in Limbs value) => new(
        value.L0 & LimbMask,
        ((value.L0 >> 52) | (value.L1 << 12)) & LimbMask,
        ((value.L1 >> 40) | (value.L2 << 24)) & LimbMask,
        ((value.L2 >> 28) | (value.L3 << 36)) & LimbMask,
        value.L3 >> 16);
}
