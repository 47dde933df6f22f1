using System.Numerics;

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
