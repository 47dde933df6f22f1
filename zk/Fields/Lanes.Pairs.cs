using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PoA.Nostr.Zk.Fields;

/// <summary>
/// Two products at once. A reduction is a chain of dependent steps, during which a processor has little to do: two of
/// them side by side take hardly longer than one.
/// </summary>
readonly partial struct Lanes<TModulus>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyPair(
        in Lanes<TModulus> a, in Lanes<TModulus> b, in Lanes<TModulus> c, in Lanes<TModulus> d,
        out Lanes<TModulus> ab, out Lanes<TModulus> cd)
    {
        Start(1, out var t0, out var t1, out var t2, out var t3, out var t4);
        StartHigh(1, out var t5, out var t6, out var t7, out var t8, out var t9);
        AddProduct(
            a, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        Start(1, out var u0, out var u1, out var u2, out var u3, out var u4);
        StartHigh(1, out var u5, out var u6, out var u7, out var u8, out var u9);
        AddProduct(
            c, d, ref u0, ref u1, ref u2, ref u3, ref u4, ref u5, ref u6, ref u7, ref u8, ref u9);
        ReducePair(
            t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, u0, u1, u2, u3, u4, u5, u6, u7, u8, u9, out ab, out cd);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyAddPair(
        in Lanes<TModulus> a, in Lanes<TModulus> b, in Lanes<TModulus> c, in Lanes<TModulus> d,
        in Lanes<TModulus> e, in Lanes<TModulus> f, in Lanes<TModulus> g, in Lanes<TModulus> h,
        out Lanes<TModulus> first, out Lanes<TModulus> second)
    {
        Start(2, out var t0, out var t1, out var t2, out var t3, out var t4);
        StartHigh(2, out var t5, out var t6, out var t7, out var t8, out var t9);
        AddProduct(
            a, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        AddProduct(
            c, d, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        Start(2, out var u0, out var u1, out var u2, out var u3, out var u4);
        StartHigh(2, out var u5, out var u6, out var u7, out var u8, out var u9);
        AddProduct(
            e, f, ref u0, ref u1, ref u2, ref u3, ref u4, ref u5, ref u6, ref u7, ref u8, ref u9);
        AddProduct(
            g, h, ref u0, ref u1, ref u2, ref u3, ref u4, ref u5, ref u6, ref u7, ref u8, ref u9);
        ReducePair(
            t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, u0, u1, u2, u3, u4, u5, u6, u7, u8, u9, out first, out second);
    }

    /// <summary>As <see cref="Dot"/>, at even and at odd places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotPair(
        ReadOnlySpan<Lanes<TModulus>> a, ReadOnlySpan<Lanes<TModulus>> b, out Lanes<TModulus> even,
        out Lanes<TModulus> odd)
    {
        // One sum after the other: twenty columns and their operands would not fit the registers.
        var pairs = (ulong)a.Length / 2;
        Start(pairs, out var t0, out var t1, out var t2, out var t3, out var t4);
        StartHigh(pairs, out var t5, out var t6, out var t7, out var t8, out var t9);
        for (var i = 0; i < a.Length; i += 2)
        {
            AddProduct(
                a[i], b[i], ref t0, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9);
        }

        Start(pairs, out var u0, out var u1, out var u2, out var u3, out var u4);
        StartHigh(pairs, out var u5, out var u6, out var u7, out var u8, out var u9);
        for (var i = 1; i < a.Length; i += 2)
        {
            AddProduct(
                a[i], b[i], ref u0, ref u1, ref u2, ref u3, ref u4, ref u5, ref u6, ref u7, ref u8, ref u9);
        }

        ReducePair(
            t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, u0, u1, u2, u3, u4, u5, u6, u7, u8, u9, out even, out odd);
    }

    /// <summary>Reduces two sums, their steps in turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void ReducePair(
        Vector512<ulong> t0, Vector512<ulong> t1, Vector512<ulong> t2, Vector512<ulong> t3, Vector512<ulong> t4,
        Vector512<ulong> t5, Vector512<ulong> t6, Vector512<ulong> t7, Vector512<ulong> t8, Vector512<ulong> t9,
        Vector512<ulong> u0, Vector512<ulong> u1, Vector512<ulong> u2, Vector512<ulong> u3, Vector512<ulong> u4,
        Vector512<ulong> u5, Vector512<ulong> u6, Vector512<ulong> u7, Vector512<ulong> u8, Vector512<ulong> u9,
        out Lanes<TModulus> t, out Lanes<TModulus> u)
    {
        var m = TModulus.M;
        var mask = Vector512.Create(LimbMask);
        AddRows(
            t0 & mask, u0 & mask, m, ref t1, ref t2, ref t3, ref t4, ref t5, ref t6,
            ref u1, ref u2, ref u3, ref u4, ref u5, ref u6);
        t1 += t0 >>> LimbBits;
        u1 += u0 >>> LimbBits;
        AddRows(
            t1 & mask, u1 & mask, m, ref t2, ref t3, ref t4, ref t5, ref t6, ref t7,
            ref u2, ref u3, ref u4, ref u5, ref u6, ref u7);
        t2 += t1 >>> LimbBits;
        u2 += u1 >>> LimbBits;
        AddRows(
            t2 & mask, u2 & mask, m, ref t3, ref t4, ref t5, ref t6, ref t7, ref t8,
            ref u3, ref u4, ref u5, ref u6, ref u7, ref u8);
        t3 += t2 >>> LimbBits;
        u3 += u2 >>> LimbBits;
        AddRows(
            t3 & mask, u3 & mask, m, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9,
            ref u4, ref u5, ref u6, ref u7, ref u8, ref u9);
        t4 += t3 >>> LimbBits;
        u4 += u3 >>> LimbBits;

        var inverse = Vector512.Create((double)TModulus.Inverse52);
        var digitT = LowHalf(t4 & mask, inverse) & mask;
        var digitU = LowHalf(u4 & mask, inverse) & mask;
        AddRows(
            digitT, digitU, Prime, ref t4, ref t5, ref t6, ref t7, ref t8, ref t9,
            ref u4, ref u5, ref u6, ref u7, ref u8, ref u9);
        t = Carried(t4, t5, t6, t7, t8, t9);
        u = Carried(u4, u5, u6, u7, u8, u9);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddRows(
        Vector512<ulong> digitT, Vector512<ulong> digitU, in Limbs52 b, ref Vector512<ulong> t0,
        ref Vector512<ulong> t1, ref Vector512<ulong> t2, ref Vector512<ulong> t3, ref Vector512<ulong> t4,
        ref Vector512<ulong> t5, ref Vector512<ulong> u0, ref Vector512<ulong> u1, ref Vector512<ulong> u2,
        ref Vector512<ulong> u3, ref Vector512<ulong> u4, ref Vector512<ulong> u5)
    {
        var t = Avx512DQ.ConvertToVector512Double(digitT);
        var u = Avx512DQ.ConvertToVector512Double(digitU);
        AddHalves(t, u, b.L0, ref t0, ref t1, ref u0, ref u1);
        AddHalves(t, u, b.L1, ref t1, ref t2, ref u1, ref u2);
        AddHalves(t, u, b.L2, ref t2, ref t3, ref u2, ref u3);
        AddHalves(t, u, b.L3, ref t3, ref t4, ref u3, ref u4);
        AddHalves(t, u, b.L4, ref t4, ref t5, ref u4, ref u5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddHalves(
        Vector512<double> t, Vector512<double> u, ulong limb, ref Vector512<ulong> lowT,
        ref Vector512<ulong> highT, ref Vector512<ulong> lowU, ref Vector512<ulong> highU)
    {
        var b = Vector512.Create((double)limb);
        AddHalves(t, b, ref lowT, ref highT);
        AddHalves(u, b, ref lowU, ref highU);
    }
}
