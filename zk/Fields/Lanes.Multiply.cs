using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PoA.Nostr.Zk.Fields;

/// <summary>
/// Products by double-precision fused multiply-add, rounding towards zero. For limbs a, b below 2^52:
/// h = fma(a, b, 2^104) holds floor(ab/2^52) in its low bits, l = fma(a, b, 2^104 + 2^52 − h) holds ab mod 2^52.
/// Their bits are added up as integers; what each column starts from cancels the exponents.
/// </summary>
readonly partial struct Lanes<TModulus>
{
    const double TwoTo52 = 4503599627370496.0;
    const double TwoTo104 = TwoTo52 * TwoTo52;
    const ulong LowExponent = 0x433ul << 52;
    const ulong HighExponent = 0x467ul << 52;

    /// <summary>a·b/2^260; below ab/2^260 + 2p, and so below 4p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Lanes<TModulus> operator *(in Lanes<TModulus> a, in Lanes<TModulus> b)
    {
        Start(1, out var t0, out var t1, out var t2, out var t3, out var t4);
        StartHigh(1, out var t5, out var t6, out var t7, out var t8, out var t9);
        AddProduct(
            a, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        return Reduced(t0, t1, t2, t3, t4, t5, t6, t7, t8, t9);
    }

    /// <summary>a·b + c·d with one reduction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Lanes<TModulus> MultiplyAdd(
        in Lanes<TModulus> a, in Lanes<TModulus> b, in Lanes<TModulus> c, in Lanes<TModulus> d)
    {
        Start(2, out var t0, out var t1, out var t2, out var t3, out var t4);
        StartHigh(2, out var t5, out var t6, out var t7, out var t8, out var t9);
        AddProduct(
            a, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        AddProduct(
            c, d, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        return Reduced(t0, t1, t2, t3, t4, t5, t6, t7, t8, t9);
    }

    /// <summary>
    /// The sum of a[i]·b[i] with one reduction: up to four pairs of operands below 4p, up to 64 of those below 1.1p.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Lanes<TModulus> Dot(ReadOnlySpan<Lanes<TModulus>> a, ReadOnlySpan<Lanes<TModulus>> b)
    {
        var pairs = (ulong)a.Length;
        Start(pairs, out var t0, out var t1, out var t2, out var t3, out var t4);
        StartHigh(pairs, out var t5, out var t6, out var t7, out var t8, out var t9);
        for (var i = 0; i < a.Length; i++)
        {
            AddProduct(
                a[i], b[i], ref t0, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        }

        return Reduced(t0, t1, t2, t3, t4, t5, t6, t7, t8, t9);
    }

    /// <summary>What columns 0 to 4 start from: low and high halves that come to lie there, counted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Start(
        ulong pairs, out Vector512<ulong> t0, out Vector512<ulong> t1, out Vector512<ulong> t2,
        out Vector512<ulong> t3, out Vector512<ulong> t4)
    {
        t0 = Cancel(pairs, 0);
        t1 = Cancel((2 * pairs) + 1, pairs);
        t2 = Cancel((3 * pairs) + 2, (2 * pairs) + 1);
        t3 = Cancel((4 * pairs) + 3, (3 * pairs) + 2);
        t4 = Cancel((5 * pairs) + 5, (4 * pairs) + 3);
    }

    /// <summary>What columns 5 to 9 start from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StartHigh(
        ulong pairs, out Vector512<ulong> t5, out Vector512<ulong> t6, out Vector512<ulong> t7,
        out Vector512<ulong> t8, out Vector512<ulong> t9)
    {
        t5 = Cancel((4 * pairs) + 5, (5 * pairs) + 5);
        t6 = Cancel((3 * pairs) + 4, (4 * pairs) + 5);
        t7 = Cancel((2 * pairs) + 3, (3 * pairs) + 4);
        t8 = Cancel(pairs + 2, (2 * pairs) + 3);
        t9 = Cancel(0, pairs + 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ulong> Cancel(ulong lows, ulong highs) =>
        Vector512.Create(0 - ((lows * LowExponent) + (highs * HighExponent)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddProduct(
        in Lanes<TModulus> a, in Lanes<TModulus> b, ref Vector512<ulong> t0, ref Vector512<ulong> t1,
        ref Vector512<ulong> t2, ref Vector512<ulong> t3, ref Vector512<ulong> t4, ref Vector512<ulong> t5,
        ref Vector512<ulong> t6, ref Vector512<ulong> t7, ref Vector512<ulong> t8, ref Vector512<ulong> t9)
    {
        var b0 = Avx512DQ.ConvertToVector512Double(b._0);
        var b1 = Avx512DQ.ConvertToVector512Double(b._1);
        var b2 = Avx512DQ.ConvertToVector512Double(b._2);
        var b3 = Avx512DQ.ConvertToVector512Double(b._3);
        var b4 = Avx512DQ.ConvertToVector512Double(b._4);
        AddRow(a._0, b0, b1, b2, b3, b4, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        AddRow(a._1, b0, b1, b2, b3, b4, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6);
        AddRow(a._2, b0, b1, b2, b3, b4, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7);
        AddRow(a._3, b0, b1, b2, b3, b4, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8);
        AddRow(a._4, b0, b1, b2, b3, b4, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
    }

    /// <summary>
    /// Rows 0 to 3 add multiples of 2^52·M − 1: the digit is the column itself, and the multiple of M goes one
    /// column up. The last row adds a multiple of p.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lanes<TModulus> Reduced(
        Vector512<ulong> t0, Vector512<ulong> t1, Vector512<ulong> t2, Vector512<ulong> t3, Vector512<ulong> t4,
        Vector512<ulong> t5, Vector512<ulong> t6, Vector512<ulong> t7, Vector512<ulong> t8, Vector512<ulong> t9)
    {
        var mask = Vector512.Create(LimbMask);
        var m = TModulus.M;
        var m0 = Vector512.Create((double)m.L0);
        var m1 = Vector512.Create((double)m.L1);
        var m2 = Vector512.Create((double)m.L2);
        var m3 = Vector512.Create((double)m.L3);
        var m4 = Vector512.Create((double)m.L4);
        AddRow(t0 & mask, m0, m1, m2, m3, m4, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6);
        t1 += t0 >>> LimbBits;
        AddRow(t1 & mask, m0, m1, m2, m3, m4, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7);
        t2 += t1 >>> LimbBits;
        AddRow(t2 & mask, m0, m1, m2, m3, m4, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8);
        t3 += t2 >>> LimbBits;
        AddRow(t3 & mask, m0, m1, m2, m3, m4, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        t4 += t3 >>> LimbBits;

        var p = Prime;
        var digit = LowHalf(t4 & mask, Vector512.Create((double)TModulus.Inverse52)) & mask;
        AddRow(
            digit, Vector512.Create((double)p.L0), Vector512.Create((double)p.L1), Vector512.Create((double)p.L2),
            Vector512.Create((double)p.L3), Vector512.Create((double)p.L4),
            ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        return Carried(t4, t5, t6, t7, t8, t9);
    }

    /// <summary>What stands above column 4, whose low half is zero by now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lanes<TModulus> Carried(
        Vector512<ulong> t4, Vector512<ulong> t5, Vector512<ulong> t6, Vector512<ulong> t7, Vector512<ulong> t8,
        Vector512<ulong> t9)
    {
        var mask = Vector512.Create(LimbMask);
        t5 += t4 >>> LimbBits;
        t6 += t5 >>> LimbBits;
        t7 += t6 >>> LimbBits;
        t8 += t7 >>> LimbBits;
        t9 += t8 >>> LimbBits;
        return new(t5 & mask, t6 & mask, t7 & mask, t8 & mask, t9);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddRow(
        Vector512<ulong> digit, Vector512<double> b0, Vector512<double> b1, Vector512<double> b2,
        Vector512<double> b3, Vector512<double> b4, ref Vector512<ulong> t0, ref Vector512<ulong> t1,
        ref Vector512<ulong> t2, ref Vector512<ulong> t3, ref Vector512<ulong> t4, ref Vector512<ulong> t5)
    {
        var a = Avx512DQ.ConvertToVector512Double(digit);
        AddHalves(a, b0, ref t0, ref t1);
        AddHalves(a, b1, ref t1, ref t2);
        AddHalves(a, b2, ref t2, ref t3);
        AddHalves(a, b3, ref t3, ref t4);
        AddHalves(a, b4, ref t4, ref t5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddHalves(
        Vector512<double> a, Vector512<double> b, ref Vector512<ulong> low, ref Vector512<ulong> high)
    {
        const FloatRoundingMode down = FloatRoundingMode.ToZero;
        var h = Avx512F.FusedMultiplyAdd(a, b, Vector512.Create(TwoTo104), down);
        var l = Avx512F.FusedMultiplyAdd(a, b, Vector512.Create(TwoTo104 + TwoTo52) - h, down);
        low += l.AsUInt64();
        high += h.AsUInt64();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ulong> LowHalf(Vector512<ulong> digit, Vector512<double> b)
    {
        const FloatRoundingMode down = FloatRoundingMode.ToZero;
        var a = Avx512DQ.ConvertToVector512Double(digit);
        var h = Avx512F.FusedMultiplyAdd(a, b, Vector512.Create(TwoTo104), down);
        return Avx512F.FusedMultiplyAdd(a, b, Vector512.Create(TwoTo104 + TwoTo52) - h, down).AsUInt64();
    }
}
