using System.Numerics;

namespace PoA.Nostr.Zk.Fields;

/// <summary>Square roots by Tonelli and Shanks. Time depends on the value: for public ones only.</summary>
public static class SquareRoots
{
    /// <summary>Either of the two roots; false where there is none.</summary>
    public static bool TrySqrt<TModulus>(this in Fe<TModulus> value, out Fe<TModulus> root)
        where TModulus : struct, IModulus
    {
        // With p − 1 = 2^s · t: the root is value^((t+1)/2), but for a factor in the group of order 2^s.
        var half = value.Pow(Constants<TModulus>.HalfOdd);
        root = half * value;
        var error = half * root;
        var generator = Constants<TModulus>.Root;
        for (var order = Constants<TModulus>.TwoAdicity; !error.IsOne && !error.IsZero;)
        {
            var level = 0;
            for (var power = error; !power.IsOne; power = power.Square())
            {
                if (++level == order) return false;
            }

            for (var i = level + 1; i < order; i++)
            {
                generator = generator.Square();
            }

            root *= generator;
            generator = generator.Square();
            error *= generator;
            order = level;
        }

        return true;
    }

    /// <summary>Complex method over u² = −1: the norm has a root, or there is none.</summary>
    public static bool TrySqrt(this in Fq2 value, out Fq2 root)
    {
        root = default;
        if (value.C1.IsZero)
        {
            if (value.C0.TrySqrt(out var real)) root = new(real, Fq.Zero);
            else if ((-value.C0).TrySqrt(out var imaginary)) root = new(Fq.Zero, imaginary);
            return true;
        }

        if (!value.Norm().TrySqrt(out var length)) return false;

        var half = Fq.Two.Invert();
        if (!((value.C0 + length) * half).TrySqrt(out var c0) && !((value.C0 - length) * half).TrySqrt(out c0))
        {
            return false;
        }

        root = new(c0, value.C1 * half * c0.Invert());
        return root.Square() == value;
    }

    static class Constants<TModulus>
        where TModulus : struct, IModulus
    {
        public static readonly int TwoAdicity;
        public static readonly ulong[] HalfOdd;
        public static readonly Fe<TModulus> Root;

        static Constants()
        {
            var odd = Fe<TModulus>.Modulus - 1;
            for (; odd.IsEven; odd >>= 1)
            {
                TwoAdicity++;
            }

            HalfOdd = Exponents.Limbs((odd - 1) / 2);
            var candidate = Fe<TModulus>.Two;
            while (candidate.Pow(Exponents.Limbs((Fe<TModulus>.Modulus - 1) / 2)).IsOne)
            {
                candidate += Fe<TModulus>.One;
            }

            Root = candidate.Pow(Exponents.Limbs(odd));
        }
    }
}

/// <summary>Big integers as the limbs that powers are taken to.</summary>
static class Exponents
{
    public static ulong[] Limbs(BigInteger number)
    {
        var limbs = new ulong[Math.Max(1, (number.GetBitLength() + 63) / 64)];
        for (var i = 0; i < limbs.Length; i++)
        {
            limbs[i] = (ulong)((number >> (64 * i)) & ulong.MaxValue);
        }

        return limbs;
    }
}
