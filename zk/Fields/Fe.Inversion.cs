using System.Numerics;
using System.Runtime.CompilerServices;

namespace PoA.Nostr.Zk.Fields;

/// <summary>Inversion by the binary algorithm of Euclid on approximations (Pornin, eprint 2020/972 §3).</summary>
public readonly partial struct Fe<TModulus>
{
    /// <summary>Steps on words for one on whole numbers.</summary>
    const int InnerSteps = 31;

    /// <summary>Each step shortens a or b, of 254 bits both, by one: 507 suffice.</summary>
    const int OuterSteps = 17;

    /// <summary>2^512, and 33 bits for each outer step: they divide u and v by 2^64 where a and b lose 2^31.</summary>
    static readonly Limbs InversionStart =
        FromBigInteger(BigInteger.Pow(2, 512 + (33 * OuterSteps)) % Modulus).ToLimbs();

    /// <summary>1/a, and zero for zero: the same steps for every value.</summary>
    /// <remarks>
    /// a = this·u and b = this·v mod p throughout, but for a power of two; a ends at zero, b at one, and v is the
    /// answer.
    /// </remarks>
    public Fe<TModulus> Invert()
    {
        var (a, b) = (Montgomery, TModulus.P);
        var (u, v) = (InversionStart, default(Limbs));
        for (var outer = 0; outer < OuterSteps; outer++)
        {
            Approximate(a, b, out var x, out var y);
            Reduce(x, y, out var f0, out var g0, out var f1, out var g1);
            (a, b) = (Shorten(a, b, ref f0, ref g0), Shorten(a, b, ref f1, ref g1));
            (u, v) = (Fold(u, v, f0, g0), Fold(u, v, f1, g1));
        }

        return new(v);
    }

    /// <summary>
    /// The lowest 31 bits of each, and the highest 33 of what the longer one has; all, where both have 64 at most.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Approximate(in Limbs a, in Limbs b, out ulong x, out ulong y)
    {
        var third = MaskOf(a.L3 | b.L3);
        var second = MaskOf(a.L2 | b.L2) & ~third;
        var first = ~(third | second);
        var (highA, highB) = (High(a, third, second, first), High(b, third, second, first));
        var zeros = BitOperations.LeadingZeroCount(highA | highB);
        var many = MaskOf(highA | highB);
        x = Join(a.L0, highA, Low(a, third, second, first), zeros, many);
        y = Join(b.L0, highB, Low(b, third, second, first), zeros, many);

        static ulong High(in Limbs n, ulong third, ulong second, ulong first) =>
            (n.L3 & third) | (n.L2 & second) | (n.L1 & first);

        static ulong Low(in Limbs n, ulong third, ulong second, ulong first) =>
            (n.L2 & third) | (n.L1 & second) | (n.L0 & first);

        static ulong Join(ulong lowest, ulong high, ulong low, int zeros, ulong many)
        {
            const ulong kept = (1ul << InnerSteps) - 1;
            var top = (high << zeros) | (low >> 1 >> (63 - zeros));
            return (((lowest & kept) | (top & ~kept)) & many) | (lowest & ~many);
        }
    }

    /// <summary>All bits set unless the word is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong MaskOf(ulong word) => (ulong)((long)(word | (0 - word)) >> 63);

    /// <summary>31 steps: where x is odd, the smaller of x and y is taken from the larger; then x is halved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Reduce(ulong x, ulong y, out long f0, out long g0, out long f1, out long g1)
    {
        long xf = 1, xg = 0, yf = 0, yg = 1;
        for (var step = 0; step < InnerSteps; step++)
        {
            var odd = 0 - (x & 1);
            var swap = odd & (0 - (x < y ? 1ul : 0ul));
            var change = (x ^ y) & swap;
            (x, y) = (x ^ change, y ^ change);
            var changeF = (xf ^ yf) & (long)swap;
            (xf, yf) = (xf ^ changeF, yf ^ changeF);
            var changeG = (xg ^ yg) & (long)swap;
            (xg, yg) = (xg ^ changeG, yg ^ changeG);
            x = (x - (y & odd)) >> 1;
            xf -= yf & (long)odd;
            xg -= yg & (long)odd;
            yf <<= 1;
            yg <<= 1;
        }

        (f0, g0, f1, g1) = (xf, xg, yf, yg);
    }

    /// <summary>|a·f + b·g|/2^31; the factors take the sign that makes it so.</summary>
    static Limbs Shorten(in Limbs a, in Limbs b, ref long f, ref long g)
    {
        Combine(a, b, f, g, out var w0, out var w1, out var w2, out var w3, out var w4);
        var sign = (long)w4 >> 63;
        var flip = (ulong)sign;
        w0 = AddCarry(w0 ^ flip, flip & 1, 0, out var carry);
        w1 = AddCarry(w1 ^ flip, 0, carry, out carry);
        w2 = AddCarry(w2 ^ flip, 0, carry, out carry);
        w3 = AddCarry(w3 ^ flip, 0, carry, out carry);
        w4 = (w4 ^ flip) + carry;
        (f, g) = ((f ^ sign) - sign, (g ^ sign) - sign);
        const int up = 64 - InnerSteps;
        return new(
            (w0 >> InnerSteps) | (w1 << up), (w1 >> InnerSteps) | (w2 << up), (w2 >> InnerSteps) | (w3 << up),
            (w3 >> InnerSteps) | (w4 << up));
    }

    /// <summary>(u·f + v·g)/2^64 mod p.</summary>
    static Limbs Fold(in Limbs u, in Limbs v, long f, long g)
    {
        Combine(u, v, f, g, out var w0, out var w1, out var w2, out var w3, out var w4);
        var p = TModulus.P;
        var m = w0 * TModulus.Inverse64;
        MultiplyAdd(m, p.L0, w0, 0, out var carry);
        w0 = MultiplyAdd(m, p.L1, w1, carry, out carry);
        w1 = MultiplyAdd(m, p.L2, w2, carry, out carry);
        w2 = MultiplyAdd(m, p.L3, w3, carry, out carry);
        w3 = w4 + carry;

        // Between −p and 2p.
        var negative = (ulong)((long)w3 >> 63);
        w0 = AddCarry(w0, p.L0 & negative, 0, out carry);
        w1 = AddCarry(w1, p.L1 & negative, carry, out carry);
        w2 = AddCarry(w2, p.L2 & negative, carry, out carry);
        return Reduced(w0, w1, w2, w3 + (p.L3 & negative) + carry).Montgomery;
    }

    /// <summary>a·f + b·g in two's complement.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Combine(
        in Limbs a, in Limbs b, long f, long g, out ulong w0, out ulong w1, out ulong w2, out ulong w3, out ulong w4)
    {
        var (uf, ug) = ((ulong)f, (ulong)g);
        w0 = MultiplyAdd(a.L0, uf, 0, 0, out var carry);
        w1 = MultiplyAdd(a.L1, uf, carry, 0, out carry);
        w2 = MultiplyAdd(a.L2, uf, carry, 0, out carry);
        w3 = MultiplyAdd(a.L3, uf, carry, 0, out w4);
        w0 = MultiplyAdd(b.L0, ug, w0, 0, out carry);
        w1 = MultiplyAdd(b.L1, ug, w1, carry, out carry);
        w2 = MultiplyAdd(b.L2, ug, w2, carry, out carry);
        w3 = MultiplyAdd(b.L3, ug, w3, carry, out carry);
        w4 += carry;

        // A negative factor was taken for one that is larger by 2^64.
        var (minusA, minusB) = ((ulong)(f >> 63), (ulong)(g >> 63));
        w1 = SubtractBorrow(w1, a.L0 & minusA, 0, out var borrow);
        w2 = SubtractBorrow(w2, a.L1 & minusA, borrow, out borrow);
        w3 = SubtractBorrow(w3, a.L2 & minusA, borrow, out borrow);
        w4 -= (a.L3 & minusA) + borrow;
        w1 = SubtractBorrow(w1, b.L0 & minusB, 0, out borrow);
        w2 = SubtractBorrow(w2, b.L1 & minusB, borrow, out borrow);
        w3 = SubtractBorrow(w3, b.L2 & minusB, borrow, out borrow);
        w4 -= (b.L3 & minusB) + borrow;
    }
}
