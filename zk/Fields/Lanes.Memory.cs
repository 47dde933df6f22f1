using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PoA.Nostr.Zk.Fields;

/// <summary>Between eight elements in memory and lanes, by transposition.</summary>
readonly partial struct Lanes<TModulus>
{
    /// <summary>The same element in every lane.</summary>
    public static Lanes<TModulus> Of(in Fe<TModulus> value)
    {
        var limbs = value.Montgomery;
        return FromScalarForm(
            Vector512.Create(limbs.L0), Vector512.Create(limbs.L1), Vector512.Create(limbs.L2),
            Vector512.Create(limbs.L3));
    }

    public static Lanes<TModulus> FromBigInteger(BigInteger number) => Of(Fe<TModulus>.FromBigInteger(number));

    /// <summary>Eight elements, the first into lane 0.</summary>
    public static Lanes<TModulus> Load(ReadOnlySpan<Fe<TModulus>> values)
    {
        var words = MemoryMarshal.Cast<Fe<TModulus>, ulong>(values[..Count]);
        Transpose(
            Vector512.Create(words), Vector512.Create(words[8..]), Vector512.Create(words[16..]),
            Vector512.Create(words[24..]), out var w0, out var w1, out var w2, out var w3);
        return FromScalarForm(w0, w1, w2, w3);
    }

    /// <summary>Eight elements, fully reduced.</summary>
    public void Store(Span<Fe<TModulus>> values)
    {
        // Out of Montgomery form with 2^260 into that with 2^256.
        var value = (this * Broadcast(Split(TModulus.R))).Canonical();
        value.StoreWords(MemoryMarshal.Cast<Fe<TModulus>, ulong>(values[..Count]));
    }

    /// <summary>Lane by lane, as <see cref="Store"/>.</summary>
    public Fe<TModulus> Extract(int lane)
    {
        Span<Fe<TModulus>> values = stackalloc Fe<TModulus>[Count];
        Store(values);
        return values[lane];
    }

    /// <summary>
    /// 256-bit words in scalar Montgomery form (2^256), times 16 by shifting while they are cut into limbs; the result
    /// is brought from below 16p to below 3p by a table of multiples of 2p.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lanes<TModulus> FromScalarForm(
        Vector512<ulong> w0, Vector512<ulong> w1, Vector512<ulong> w2, Vector512<ulong> w3)
    {
        var mask = Vector512.Create(LimbMask);
        return ReducedFar(
            (w0 << 4) & mask, ((w0 >>> 48) | (w1 << 16)) & mask, ((w1 >>> 36) | (w2 << 28)) & mask,
            ((w2 >>> 24) | (w3 << 40)) & mask, w3 >>> 12);
    }

    /// <summary>256-bit words as they are: no change of form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Lanes<TModulus> FromWords(
        Vector512<ulong> w0, Vector512<ulong> w1, Vector512<ulong> w2, Vector512<ulong> w3)
    {
        var mask = Vector512.Create(LimbMask);
        return new(
            w0 & mask, ((w0 >>> 52) | (w1 << 12)) & mask, ((w1 >>> 40) | (w2 << 24)) & mask,
            ((w2 >>> 28) | (w3 << 36)) & mask, w3 >>> 16);
    }

    /// <summary>256-bit words of each lane; the value must be below 2^256, so below 5p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ToWords(
        out Vector512<ulong> w0, out Vector512<ulong> w1, out Vector512<ulong> w2, out Vector512<ulong> w3)
    {
        w0 = _0 | (_1 << 52);
        w1 = (_1 >>> 12) | (_2 << 40);
        w2 = (_2 >>> 24) | (_3 << 28);
        w3 = (_3 >>> 36) | (_4 << 16);
    }

    void StoreWords(Span<ulong> words)
    {
        TransposeBack(out var a, out var b, out var c, out var d);
        a.CopyTo(words);
        b.CopyTo(words[8..]);
        c.CopyTo(words[16..]);
        d.CopyTo(words[24..]);
    }

    /// <summary>Vectors of two elements each, four words an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void TransposeBack(
        out Vector512<ulong> v01, out Vector512<ulong> v23, out Vector512<ulong> v45, out Vector512<ulong> v67)
    {
        ToWords(out var w0, out var w1, out var w2, out var w3);
        var low = Vector512.Create(0ul, 8, 1, 9, 2, 10, 3, 11);
        var high = Vector512.Create(4ul, 12, 5, 13, 6, 14, 7, 15);
        var a = Avx512F.PermuteVar8x64x2(w0, low, w1);
        var b = Avx512F.PermuteVar8x64x2(w2, low, w3);
        var c = Avx512F.PermuteVar8x64x2(w0, high, w1);
        var d = Avx512F.PermuteVar8x64x2(w2, high, w3);
        var first = Vector512.Create(0ul, 1, 8, 9, 2, 3, 10, 11);
        var second = Vector512.Create(4ul, 5, 12, 13, 6, 7, 14, 15);
        v01 = Avx512F.PermuteVar8x64x2(a, first, b);
        v23 = Avx512F.PermuteVar8x64x2(a, second, b);
        v45 = Avx512F.PermuteVar8x64x2(c, first, d);
        v67 = Avx512F.PermuteVar8x64x2(c, second, d);
    }

    /// <summary>Vectors of two elements each into vectors of one word of all eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose(
        Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c, Vector512<ulong> d, out Vector512<ulong> w0,
        out Vector512<ulong> w1, out Vector512<ulong> w2, out Vector512<ulong> w3)
    {
        var low = Vector512.Create(0ul, 4, 8, 12, 1, 5, 9, 13);
        var high = Vector512.Create(2ul, 6, 10, 14, 3, 7, 11, 15);
        var abLow = Avx512F.PermuteVar8x64x2(a, low, b);
        var cdLow = Avx512F.PermuteVar8x64x2(c, low, d);
        var abHigh = Avx512F.PermuteVar8x64x2(a, high, b);
        var cdHigh = Avx512F.PermuteVar8x64x2(c, high, d);
        var first = Vector512.Create(0ul, 1, 2, 3, 8, 9, 10, 11);
        var second = Vector512.Create(4ul, 5, 6, 7, 12, 13, 14, 15);
        w0 = Avx512F.PermuteVar8x64x2(abLow, first, cdLow);
        w1 = Avx512F.PermuteVar8x64x2(abLow, second, cdLow);
        w2 = Avx512F.PermuteVar8x64x2(abHigh, first, cdHigh);
        w3 = Avx512F.PermuteVar8x64x2(abHigh, second, cdHigh);
    }
}
