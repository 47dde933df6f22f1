using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace PoA.Nostr.Zk.Fields;

/// <summary>
/// An element of a prime field in Montgomery form (a·2^256 mod p), always fully reduced. Additions,
/// multiplications and <see cref="Invert"/> take the same time whatever the value; only what says so may not touch a
/// secret.
/// </summary>
public readonly partial struct Fe<TModulus> : IScalarField<Fe<TModulus>>
    where TModulus : struct, IModulus
{
    readonly ulong _0;
    readonly ulong _1;
    readonly ulong _2;
    readonly ulong _3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Fe(ulong l0, ulong l1, ulong l2, ulong l3) => (_0, _1, _2, _3) = (l0, l1, l2, l3);

    Fe(in Limbs limbs)
        : this(limbs.L0, limbs.L1, limbs.L2, limbs.L3)
    {
    }

    public static Fe<TModulus> Zero => default;

    public static Fe<TModulus> One => new(TModulus.R);

    public static Fe<TModulus> Two => One + One;

    public bool IsZero => (_0 | _1 | _2 | _3) == 0;

    public bool IsOne => this == One;

    public static Fe<TModulus> FromUInt64(ulong value) =>
        new Fe<TModulus>(value, 0, 0, 0) * new Fe<TModulus>(TModulus.RSquared);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fe<TModulus> operator +(in Fe<TModulus> a, in Fe<TModulus> b)
    {
        // Both are below 2^254: the sum does not leave four limbs.
        var l0 = AddCarry(a._0, b._0, 0, out var carry);
        var l1 = AddCarry(a._1, b._1, carry, out carry);
        var l2 = AddCarry(a._2, b._2, carry, out carry);
        return Reduced(l0, l1, l2, a._3 + b._3 + carry);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fe<TModulus> operator -(in Fe<TModulus> a, in Fe<TModulus> b)
    {
        var l0 = SubtractBorrow(a._0, b._0, 0, out var borrow);
        var l1 = SubtractBorrow(a._1, b._1, borrow, out borrow);
        var l2 = SubtractBorrow(a._2, b._2, borrow, out borrow);
        var l3 = SubtractBorrow(a._3, b._3, borrow, out borrow);
        var mask = 0 - borrow;
        var p = TModulus.P;
        l0 = AddCarry(l0, p.L0 & mask, 0, out var carry);
        l1 = AddCarry(l1, p.L1 & mask, carry, out carry);
        l2 = AddCarry(l2, p.L2 & mask, carry, out carry);
        return new(l0, l1, l2, l3 + (p.L3 & mask) + carry);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fe<TModulus> operator -(in Fe<TModulus> a) => default(Fe<TModulus>) - a;

    /// <summary>
    /// a·b/2^256 mod p, rows of products and of reductions interleaved (CIOS). The top limb of p has two spare
    /// bits, so that a row never carries out of it (TCHES 2023.3 pp. 504–521, algorithm 2).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Fe<TModulus> operator *(in Fe<TModulus> a, in Fe<TModulus> b)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        Row(a0, a1, a2, a3, b._0, ref t0, ref t1, ref t2, ref t3);
        Row(a0, a1, a2, a3, b._1, ref t0, ref t1, ref t2, ref t3);
        Row(a0, a1, a2, a3, b._2, ref t0, ref t1, ref t2, ref t3);
        Row(a0, a1, a2, a3, b._3, ref t0, ref t1, ref t2, ref t3);
        return Reduced(t0, t1, t2, t3);
    }

    /// <summary>Each row adds two products before it reduces: t stays below 3p, and the result below 1.4p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Fe<TModulus> MultiplyAdd(
        in Fe<TModulus> a, in Fe<TModulus> b, in Fe<TModulus> c, in Fe<TModulus> d)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        Row(a, b._0, c, d._0, ref t0, ref t1, ref t2, ref t3);
        Row(a, b._1, c, d._1, ref t0, ref t1, ref t2, ref t3);
        Row(a, b._2, c, d._2, ref t0, ref t1, ref t2, ref t3);
        Row(a, b._3, c, d._3, ref t0, ref t1, ref t2, ref t3);
        return Reduced(t0, t1, t2, t3);
    }

    /// <summary>Four products a row: t stays below 5p, which four limbs hold, and the result below 2p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Fe<TModulus> MultiplyAdd(
        in Fe<TModulus> a, in Fe<TModulus> b, in Fe<TModulus> c, in Fe<TModulus> d,
        in Fe<TModulus> e, in Fe<TModulus> f, in Fe<TModulus> g, in Fe<TModulus> h)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        Row(a, b._0, c, d._0, e, f._0, g, h._0, ref t0, ref t1, ref t2, ref t3);
        Row(a, b._1, c, d._1, e, f._1, g, h._1, ref t0, ref t1, ref t2, ref t3);
        Row(a, b._2, c, d._2, e, f._2, g, h._2, ref t0, ref t1, ref t2, ref t3);
        Row(a, b._3, c, d._3, e, f._3, g, h._3, ref t0, ref t1, ref t2, ref t3);
        return Reduced(t0, t1, t2, t3);
    }

    public Fe<TModulus> Square() => this * this;

    public Fe<TModulus> Twice() => this + this;

    /// <summary>a^e, limbs of e least significant first. Time depends on the exponent, which must be public.</summary>
    public Fe<TModulus> Pow(ReadOnlySpan<ulong> exponent)
    {
        // Windows of four bits: 15 products to begin with, then one each four squarings.
        Span<Fe<TModulus>> powers = stackalloc Fe<TModulus>[16];
        powers[0] = One;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * this;
        }

        var result = One;
        var started = false;
        for (var bit = (64 * exponent.Length) - 4; bit >= 0; bit -= 4)
        {
            if (started) result = result.Square().Square().Square().Square();

            var window = (int)(exponent[bit >> 6] >> (bit & 63)) & 15;
            if (window == 0) continue;

            result = started ? result * powers[window] : powers[window];
            started = true;
        }

        return result;
    }

    public Fe<TModulus> Pow(ulong exponent) => Pow([exponent]);

    /// <summary>a for a bit of one, b for zero; the same steps for both.</summary>
    public static Fe<TModulus> Select(ulong bit, in Fe<TModulus> a, in Fe<TModulus> b)
    {
        var mask = 0 - bit;
        return new(
            b._0 ^ (mask & (a._0 ^ b._0)), b._1 ^ (mask & (a._1 ^ b._1)),
            b._2 ^ (mask & (a._2 ^ b._2)), b._3 ^ (mask & (a._3 ^ b._3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(Fe<TModulus> other) =>
        ((_0 ^ other._0) | (_1 ^ other._1) | (_2 ^ other._2) | (_3 ^ other._3)) == 0;

    public override bool Equals(object? obj) => obj is Fe<TModulus> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_0, _1, _2, _3);

    public static bool operator ==(Fe<TModulus> a, Fe<TModulus> b) => a.Equals(b);

    public static bool operator !=(Fe<TModulus> a, Fe<TModulus> b) => !a.Equals(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row(
        ulong a0, ulong a1, ulong a2, ulong a3, ulong b, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        var p = TModulus.P;
        var first = MultiplyAdd(a0, b, t0, 0, out var product);
        var m = first * TModulus.Inverse64;
        MultiplyAdd(m, p.L0, first, 0, out var carry);
        var next = MultiplyAdd(a1, b, t1, product, out product);
        t0 = MultiplyAdd(m, p.L1, next, carry, out carry);
        next = MultiplyAdd(a2, b, t2, product, out product);
        t1 = MultiplyAdd(m, p.L2, next, carry, out carry);
        next = MultiplyAdd(a3, b, t3, product, out product);
        t2 = MultiplyAdd(m, p.L3, next, carry, out carry);
        t3 = carry + product;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row(
        in Fe<TModulus> a, ulong b, in Fe<TModulus> c, ulong d, ref ulong t0, ref ulong t1, ref ulong t2,
        ref ulong t3)
    {
        ulong t4 = 0;
        AddMultiple(a, b, ref t0, ref t1, ref t2, ref t3, ref t4);
        AddMultiple(c, d, ref t0, ref t1, ref t2, ref t3, ref t4);
        ReduceRow(ref t0, ref t1, ref t2, ref t3, t4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row(
        in Fe<TModulus> a, ulong b, in Fe<TModulus> c, ulong d, in Fe<TModulus> e, ulong f, in Fe<TModulus> g, ulong h,
        ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        ulong t4 = 0;
        AddMultiple(a, b, ref t0, ref t1, ref t2, ref t3, ref t4);
        AddMultiple(c, d, ref t0, ref t1, ref t2, ref t3, ref t4);
        AddMultiple(e, f, ref t0, ref t1, ref t2, ref t3, ref t4);
        AddMultiple(g, h, ref t0, ref t1, ref t2, ref t3, ref t4);
        ReduceRow(ref t0, ref t1, ref t2, ref t3, t4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddMultiple(
        in Fe<TModulus> a, ulong b, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4)
    {
        t0 = MultiplyAdd(a._0, b, t0, 0, out var carry);
        t1 = MultiplyAdd(a._1, b, t1, carry, out carry);
        t2 = MultiplyAdd(a._2, b, t2, carry, out carry);
        t3 = MultiplyAdd(a._3, b, t3, carry, out carry);
        t4 += carry;
    }

    /// <summary>Adds the multiple of p that clears the lowest limb, and drops it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void ReduceRow(ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ulong t4)
    {
        var p = TModulus.P;
        var m = t0 * TModulus.Inverse64;
        MultiplyAdd(m, p.L0, t0, 0, out var carry);
        t0 = MultiplyAdd(m, p.L1, t1, carry, out carry);
        t1 = MultiplyAdd(m, p.L2, t2, carry, out carry);
        t2 = MultiplyAdd(m, p.L3, t3, carry, out carry);
        t3 = t4 + carry;
    }

    /// <summary>The low limb of a·b + c + d; the sum fits two limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong MultiplyAdd(ulong a, ulong b, ulong c, ulong d, out ulong high)
    {
        // Where there is a multiplication that gives the high half alone, the low half need not go through memory.
        var top = Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);
        var low = a * b;
        low += c;
        top += low < c ? 1ul : 0ul;
        low += d;
        high = top + (low < d ? 1ul : 0ul);
        return low;
    }

    /// <summary>Below 2p in, below p out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Fe<TModulus> Reduced(ulong l0, ulong l1, ulong l2, ulong l3)
    {
        var p = TModulus.P;
        var s0 = SubtractBorrow(l0, p.L0, 0, out var borrow);
        var s1 = SubtractBorrow(l1, p.L1, borrow, out borrow);
        var s2 = SubtractBorrow(l2, p.L2, borrow, out borrow);
        var s3 = SubtractBorrow(l3, p.L3, borrow, out borrow);
        var keep = 0 - borrow;
        return new(
            s0 ^ (keep & (s0 ^ l0)), s1 ^ (keep & (s1 ^ l1)), s2 ^ (keep & (s2 ^ l2)), s3 ^ (keep & (s3 ^ l3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong AddCarry(ulong a, ulong b, ulong carryIn, out ulong carry)
    {
        var sum = a + b;
        var first = sum < a ? 1ul : 0ul;
        var total = sum + carryIn;
        carry = first | (total < sum ? 1ul : 0ul);
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong SubtractBorrow(ulong a, ulong b, ulong borrowIn, out ulong borrow)
    {
        var difference = a - b;
        var first = a < b ? 1ul : 0ul;
        borrow = first | (difference < borrowIn ? 1ul : 0ul);
        return difference - borrowIn;
    }
}
