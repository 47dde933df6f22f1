namespace PoA.Nostr.Zk.Fields;

/// <summary>
/// What Miller loops and final exponentiations need of the field of twelve coefficients, however it is laid out.
/// </summary>
public interface IPairingValue<T, F>
    where T : struct, IPairingValue<T, F>
    where F : unmanaged, IField<F>
{
    static abstract T One { get; }

    static abstract T operator *(in T a, in T b);

    T Square();

    /// <summary>a·(1 + b·w + c·w³).</summary>
    T TimesLine(in Fe2<F> b, in Fe2<F> c);

    T Conjugate();

    T Invert();

    T Frobenius(int k);

    T CyclotomicSquare();
}
