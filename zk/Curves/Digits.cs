using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>Scalars in signed digits of c bits, from −2^(c−1) to 2^(c−1), which halves buckets and tables.</summary>
static class Digits
{
    /// <summary>How many digits a scalar below r has: the last must hold a carry.</summary>
    public static int Count(int bits) => (254 / bits) + 1;

    /// <summary>Least significant first. Time does not depend on the scalar, but what uses the digits may.</summary>
    public static void Write(in Limbs scalar, int bits, Span<int> digits)
    {
        ReadOnlySpan<ulong> limbs = [scalar.L0, scalar.L1, scalar.L2, scalar.L3, 0];
        var mask = (1ul << bits) - 1;
        var half = 1 << (bits - 1);
        var carry = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var bit = i * bits;
            var (limb, shift) = (bit >> 6, bit & 63);
            var word = limbs[limb] >> shift;
            if (shift > 0) word |= limbs[limb + 1] << (64 - shift);

            var digit = (int)(word & mask) + carry;
            carry = (half - digit) >>> 31;
            digits[i] = digit - (carry << bits);
        }
    }
}
