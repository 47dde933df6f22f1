using System.Numerics;
using System.Runtime.CompilerServices;

namespace PoA.Nostr.Zk.Fields;

/// <summary>
/// What towers, curves and pairings need of a field. Implemented by one element and by eight side by side, so that the
/// same formula computes one pairing, or eight.
/// </summary>
public interface IField<T>
    where T : struct, IField<T>
{
    static abstract T Zero { get; }

    static abstract T One { get; }

    static abstract T operator +(in T a, in T b);

    static abstract T operator -(in T a, in T b);

    static abstract T operator -(in T a);

    static abstract T operator *(in T a, in T b);

    /// <summary>a·b + c·d with one reduction.</summary>
    static abstract T MultiplyAdd(in T a, in T b, in T c, in T d);

    /// <summary>Two products: where they are independent, they may take less time than one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void MultiplyPair(in T a, in T b, in T c, in T d, out T ab, out T cd) =>
        (ab, cd) = (a * b, c * d);

    /// <summary>a·b + c·d and e·f + g·h, as <see cref="MultiplyPair"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void MultiplyAddPair(
        in T a, in T b, in T c, in T d, in T e, in T f, in T g, in T h, out T first, out T second) =>
        (first, second) = (T.MultiplyAdd(a, b, c, d), T.MultiplyAdd(e, f, g, h));

    /// <summary>a·b + c·d + e·f + g·h, with one reduction where that is cheaper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual T MultiplyAdd(in T a, in T b, in T c, in T d, in T e, in T f, in T g, in T h) =>
        T.MultiplyAdd(a, b, c, d) + T.MultiplyAdd(e, f, g, h);

    /// <summary>Σ a[i]·b[i] for at most 17 constants a[i], fully reduced.</summary>
    static virtual T Dot(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
    {
        var sum = (a.Length & 1) == 0 ? T.Zero : a[^1] * b[a.Length - 1];
        for (var i = 0; i + 1 < a.Length; i += 2)
        {
            sum += T.MultiplyAdd(a[i], b[i], a[i + 1], b[i + 1]);
        }

        return sum;
    }

    /// <summary>The same at even and at odd places, apart.</summary>
    static virtual void DotPair(ReadOnlySpan<T> a, ReadOnlySpan<T> b, out T even, out T odd)
    {
        (even, odd) = (T.Zero, T.Zero);
        for (var i = 0; i < a.Length; i += 2)
        {
            T.MultiplyPair(a[i], b[i], a[i + 1], b[i + 1], out var first, out var second);
            (even, odd) = (even + first, odd + second);
        }
    }

    /// <summary>A number below the prime: how constants enter.</summary>
    static abstract T FromBigInteger(BigInteger number);

    T Square();

    T Twice();

    /// <summary>1/a, and zero for zero.</summary>
    T Invert();
}

/// <summary>A field whose values can be looked at: not several side by side.</summary>
public interface IScalarField<T> : IField<T>, IEquatable<T>
    where T : struct, IScalarField<T>
{
    bool IsZero { get; }
}
