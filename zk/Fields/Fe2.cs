using System.Numerics;
using System.Runtime.CompilerServices;

namespace PoA.Nostr.Zk.Fields;

/// <summary>C0 + C1·u with u² = −1.</summary>
public readonly record struct Fe2<F>(F C0, F C1) : IScalarField<Fe2<F>>
    where F : unmanaged, IField<F>
{
    public static Fe2<F> Zero => default;

    public static Fe2<F> One => new(F.One, F.Zero);

    /// <summary>ξ = 9 + u, which has neither a square nor a cube root: the towers are built on it.</summary>
    public static Fe2<F> Xi => new(F.FromBigInteger(9), F.One);

    public static Fe2<F> FromBigInteger(BigInteger number) => new(F.FromBigInteger(number), F.Zero);

    public static Fe2<F> operator +(in Fe2<F> a, in Fe2<F> b) => new(a.C0 + b.C0, a.C1 + b.C1);

    public static Fe2<F> operator -(in Fe2<F> a, in Fe2<F> b) => new(a.C0 - b.C0, a.C1 - b.C1);

    public static Fe2<F> operator -(in Fe2<F> a) => new(-a.C0, -a.C1);

    /// <summary>(a0·b0 − a1·b1) + (a0·b1 + a1·b0)·u: four products, but only two reductions.</summary>
    public static Fe2<F> operator *(in Fe2<F> a, in Fe2<F> b)
    {
        F.MultiplyAddPair(
            a.C0, b.C0, a.C1, -b.C1, a.C0, b.C1, a.C1, b.C0, out var real, out var imaginary);
        return new(real, imaginary);
    }

    public static Fe2<F> operator *(in Fe2<F> a, in F b)
    {
        F.MultiplyPair(a.C0, b, a.C1, b, out var real, out var imaginary);
        return new(real, imaginary);
    }

    public static Fe2<F> MultiplyAdd(in Fe2<F> a, in Fe2<F> b, in Fe2<F> c, in Fe2<F> d) => new(
        F.MultiplyAdd(a.C0, b.C0, a.C1, -b.C1, c.C0, d.C0, c.C1, -d.C1),
        F.MultiplyAdd(a.C0, b.C1, a.C1, b.C0, c.C0, d.C1, c.C1, d.C0));

    /// <summary>(a0 + a1)(a0 − a1) + 2·a0·a1·u.</summary>
    public Fe2<F> Square()
    {
        F.MultiplyPair(C0 + C1, C0 - C1, C0.Twice(), C1, out var real, out var imaginary);
        return new(real, imaginary);
    }

    public Fe2<F> Twice() => new(C0.Twice(), C1.Twice());

    /// <summary>(9 + u)·a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Fe2<F> TimesXi()
    {
        var eight = Twice().Twice().Twice();
        return new(eight.C0 + C0 - C1, eight.C1 + C1 + C0);
    }

    /// <summary>a^p.</summary>
    public Fe2<F> Conjugate() => new(C0, -C1);

    /// <summary>a0² + a1² = a^(p+1).</summary>
    public F Norm() => F.MultiplyAdd(C0, C0, C1, C1);

    public Fe2<F> Invert()
    {
        var inverse = Norm().Invert();
        return new(C0 * inverse, -(C1 * inverse));
    }

    /// <summary>Whether it is the zero of its type: for one element only, not for several side by side.</summary>
    public bool IsZero => Equals(default);

    public Fe2<F> Pow(ReadOnlySpan<ulong> exponent)
    {
        var result = One;
        for (var bit = (64 * exponent.Length) - 1; bit >= 0; bit--)
        {
            result = result.Square();
            if (((exponent[bit >> 6] >> (bit & 63)) & 1) == 1) result *= this;
        }

        return result;
    }
}
