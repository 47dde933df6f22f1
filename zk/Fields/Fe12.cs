namespace PoA.Nostr.Zk.Fields;

/// <summary>C0 + C1·w with w² = v: where pairings take their values.</summary>
public readonly record struct Fe12<F>(Fe6<F> C0, Fe6<F> C1) : IPairingValue<Fe12<F>, F>
    where F : unmanaged, IField<F>
{
    public static Fe12<F> One => new(Fe6<F>.One, default);

    public static Fe12<F> operator *(in Fe12<F> a, in Fe12<F> b)
    {
        var t0 = a.C0 * b.C0;
        var t1 = a.C1 * b.C1;
        return new(t0 + t1.TimesV(), ((a.C0 + a.C1) * (b.C0 + b.C1)) - t0 - t1);
    }

    /// <summary>(a0 + a1)(a0 + v·a1) − (1 + v)·a0·a1, and 2·a0·a1.</summary>
    public Fe12<F> Square()
    {
        var product = C0 * C1;
        var sum = (C0 + C1) * (C0 + C1.TimesV());
        return new(sum - product - product.TimesV(), product + product);
    }

    /// <summary>a·(1 + (b + c·v)·w): a line, scaled so that its constant is one.</summary>
    public Fe12<F> TimesLine(in Fe2<F> b, in Fe2<F> c)
    {
        var xiC = c.TimesXi();
        return new(C0 + C1.TimesSparse(b, c, xiC).TimesV(), C1 + C0.TimesSparse(b, c, xiC));
    }

    /// <summary>a^(p⁶): the inverse, once the easy part of the final exponentiation is done.</summary>
    public Fe12<F> Conjugate() => new(C0, -C1);

    public Fe12<F> Invert()
    {
        var inverse = ((C0 * C0) - (C1 * C1).TimesV()).Invert();
        return new(C0 * inverse, -(C1 * inverse));
    }

    /// <summary>
    /// a^(p^k) for k = 1, 2, 3: each coefficient by a power of ξ^((p^k−1)/6), conjugated where k is odd.
    /// </summary>
    public Fe12<F> Frobenius(int k)
    {
        var powers = FrobeniusPowers<F>.Of(k);
        var odd = (k & 1) == 1;
        return new(
            new(Map(C0.C0), Map(C0.C1) * powers[1], Map(C0.C2) * powers[3]),
            new(Map(C1.C0) * powers[0], Map(C1.C1) * powers[2], Map(C1.C2) * powers[4]));

        Fe2<F> Map(in Fe2<F> value) => odd ? value.Conjugate() : value;
    }

    /// <summary>Granger and Scott (eprint 2009/565): a square of an element whose inverse is its conjugate.</summary>
    public Fe12<F> CyclotomicSquare()
    {
        SquareQuartic(C0.C0, C1.C1, out var t0, out var t1);
        SquareQuartic(C1.C0, C0.C2, out var t2, out var t3);
        SquareQuartic(C0.C1, C1.C2, out var t4, out var t5);
        var t6 = t5.TimesXi();
        return new(
            new(Lower(t0, C0.C0), Lower(t2, C0.C1), Lower(t4, C0.C2)),
            new(Upper(t6, C1.C0), Upper(t1, C1.C1), Upper(t3, C1.C2)));

        static Fe2<F> Lower(in Fe2<F> square, in Fe2<F> a) => (square - a).Twice() + square;

        static Fe2<F> Upper(in Fe2<F> square, in Fe2<F> a) => (square + a).Twice() + square;
    }

    /// <summary>(a + b·s)² = a² + ξ·b² + 2ab·s with s² = ξ.</summary>
    static void SquareQuartic(in Fe2<F> a, in Fe2<F> b, out Fe2<F> real, out Fe2<F> imaginary)
    {
        real = b.Square().TimesXi() + a.Square();
        imaginary = a.Twice() * b;
    }
}

/// <summary>ξ^(i(p^k−1)/6) for i = 1…5.</summary>
static class FrobeniusPowers<F>
    where F : unmanaged, IField<F>
{
    static readonly Fe2<F>[] Once = Powers(Fe2<F>.Xi.Pow(Exponents.Limbs((Fq.Modulus - 1) / 6)));
    static readonly Fe2<F>[] Twice = [.. Once.Select(power => power * power.Conjugate())];
    static readonly Fe2<F>[] Thrice = [.. Once.Zip(Twice, (once, twice) => once * twice)];

    public static ReadOnlySpan<Fe2<F>> Of(int k) => k switch { 1 => Once, 2 => Twice, _ => Thrice };

    static Fe2<F>[] Powers(Fe2<F> first)
    {
        var powers = new Fe2<F>[5];
        powers[0] = first;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * first;
        }

        return powers;
    }
}
