using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PoA.Nostr.Zk.Fields;

/// <summary>Two of them at once, each for itself: products go in pairs.</summary>
readonly struct Twin<F>(in F first, in F second) : IField<Twin<F>>
    where F : unmanaged, IField<F>
{
    public readonly F First = first;
    public readonly F Second = second;

    public static Twin<F> Zero => default;

    public static Twin<F> One => new(F.One, F.One);

    public static Twin<F> FromBigInteger(BigInteger number) => new(F.FromBigInteger(number), F.FromBigInteger(number));

    public static Twin<F> operator +(in Twin<F> a, in Twin<F> b) => new(a.First + b.First, a.Second + b.Second);

    public static Twin<F> operator -(in Twin<F> a, in Twin<F> b) => new(a.First - b.First, a.Second - b.Second);

    public static Twin<F> operator -(in Twin<F> a) => new(-a.First, -a.Second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<F> operator *(in Twin<F> a, in Twin<F> b)
    {
        F.MultiplyPair(a.First, b.First, a.Second, b.Second, out var first, out var second);
        return new(first, second);
    }

    public static Twin<F> MultiplyAdd(in Twin<F> a, in Twin<F> b, in Twin<F> c, in Twin<F> d)
    {
        F.MultiplyAddPair(
            a.First, b.First, c.First, d.First, a.Second, b.Second, c.Second, d.Second, out var first, out var second);
        return new(first, second);
    }

    public static Twin<F> Dot(ReadOnlySpan<Twin<F>> a, ReadOnlySpan<Twin<F>> b)
    {
        F.DotPair(
            MemoryMarshal.Cast<Twin<F>, F>(a), MemoryMarshal.Cast<Twin<F>, F>(b), out var first, out var second);
        return new(first, second);
    }

    public Twin<F> Square() => this * this;

    public Twin<F> Twice() => new(First.Twice(), Second.Twice());

    /// <summary>By one inversion: neither may be zero where the other is not.</summary>
    public Twin<F> Invert()
    {
        var inverse = (First * Second).Invert();
        return new(inverse * Second, inverse * First);
    }
}
