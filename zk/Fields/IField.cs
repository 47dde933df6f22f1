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

    T Square();

    T Twice();

    /// <summary>1/a, and zero for zero.</summary>
    T Invert();
}
