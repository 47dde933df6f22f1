using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>
/// The optimal ate pairing, raised to 2x(6x² + 3x + 1) by the hard part of its final exponentiation: the same multiple
/// as in the other libraries of this curve. Points must be in their groups.
/// </summary>
[SkipLocalsInit]
public static class Pairing
{
    /// <summary>Digits of 6x + 2 below its first, in non-adjacent form, most significant first.</summary>
    internal static ReadOnlySpan<sbyte> Loop =>
    [
        0, -1, 0, 1, 0, 0, 0, -1, 0, -1, 0, 0, 0, -1, 0, 1, 0, -1, 0, 0, -1, 0,
        0, 0, 0, 0, 1, 0, 0, -1, 0, 1, 0, 0, -1, 0, 0, 0, 0, -1, 0, 1, 0, 0,
        0, -1, 0, -1, 0, 0, 1, 0, 0, 0, -1, 0, 0, -1, 0, 1, 0, 1, 0, 0, 0,
    ];

    /// <summary>Lines of a Miller loop: a tangent each digit, a chord each digit that is not zero, and two.</summary>
    internal const int LineCount = 65 + 21 + 2;

    /// <summary>e(p, q); one where either is infinity.</summary>
    public static Fq12 Compute(in G1Affine p, in G2Affine q) => FinalExponentiation(MillerLoop([p], [q]));

    /// <summary>Whether the product of the pairings of p[i] with q[i] is one.</summary>
    public static bool ProductIsOne(ReadOnlySpan<G1Affine> p, ReadOnlySpan<G2Affine> q) =>
        FinalExponentiation(MillerLoop(p, q)) == Fq12.One;

    /// <summary>The product of the Miller functions of the pairs.</summary>
    public static Fq12 MillerLoop(ReadOnlySpan<G1Affine> p, ReadOnlySpan<G2Affine> q)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(p.Length, q.Length);
        var product = Fq12.One;
        Span<Line<Fq>> lines = stackalloc Line<Fq>[LineCount];
        for (var i = 0; i < p.Length; i++)
        {
            if (p[i].IsInfinity || q[i].IsInfinity) continue;

            AteLines.Compute(q[i].X, q[i].Y, lines, out _);
            product *= MillerLoop<Fq12, Fq>(lines, LinePoint<Fq>.Of(p[i].X, p[i].Y));
        }

        return product;
    }

    /// <summary>The product of Miller functions along prepared lines, set after set, at as many points.</summary>
    internal static T MillerLoop<T, F>(ReadOnlySpan<Line<F>> lines, params ReadOnlySpan<LinePoint<F>> points)
        where T : struct, IPairingValue<T, F>
        where F : unmanaged, IField<F>
    {
        var f = T.One;
        var next = 0;
        foreach (var digit in Loop)
        {
            f = f.Square();
            Multiply(ref f, lines, points, next++);
            if (digit != 0) Multiply(ref f, lines, points, next++);
        }

        Multiply(ref f, lines, points, next++);
        Multiply(ref f, lines, points, next);
        return f;
    }

    static void Multiply<T, F>(
        ref T f, ReadOnlySpan<Line<F>> lines, ReadOnlySpan<LinePoint<F>> points, int index)
        where T : struct, IPairingValue<T, F>
        where F : unmanaged, IField<F>
    {
        for (var i = 0; i < points.Length; i++)
        {
            var line = lines[(i * LineCount) + index];
            f = f.TimesLine(line.X * points[i].XOverY, line.Constant * points[i].OneOverY);
        }
    }

    /// <summary>
    /// f^((p¹² − 1)/r) to that multiple: (p⁶ − 1)(p² + 1), then Fuentes-Castañeda, Knapp and
    /// Rodríguez-Henríquez (SAC 2011) with three exponentiations by x.
    /// </summary>
    public static Fe12<F> FinalExponentiation<F>(in Fe12<F> f)
        where F : unmanaged, IField<F> => FinalExponentiation<Fe12<F>, F>(f);

    internal static T FinalExponentiation<T, F>(in T f)
        where T : struct, IPairingValue<T, F>
        where F : unmanaged, IField<F>
    {
        var easy = f.Conjugate() * f.Invert();
        var m = easy.Frobenius(2) * easy;

        // Exponents of m, written additively.
        var minus2X = PowX<T, F>(m).Conjugate().CyclotomicSquare();
        var minus6X = minus2X.CyclotomicSquare() * minus2X;
        var sixX2 = PowX<T, F>(minus6X).Conjugate();
        var twelveX3 = PowX<T, F>(sixX2.CyclotomicSquare());
        var second = twelveX3 * (sixX2 * minus6X.Conjugate());
        var first = second * minus2X;
        var none = second * sixX2 * m;
        var third = first * m.Conjugate();
        return none * first.Frobenius(1) * second.Frobenius(2) * third.Frobenius(3);
    }

    /// <summary>Digits of x below its first, in non-adjacent form of width 4, most significant first.</summary>
    static ReadOnlySpan<sbyte> X =>
    [
        0, 0, 0, 0, 0, 5, 0, 0, 0, 0, -3, 0, 0, 0, 3, 0, 0, 0, 0, 5, 0, 0, 0, -5, 0, 0, 0, -3, 0, 0, 0,
        1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 7, 0, 0, 0, -7, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, -1, 0, 0, 0, 1,
    ];

    /// <summary>a^x for the x of BN254, in the cyclotomic group: there conjugates are inverses.</summary>
    static T PowX<T, F>(in T value)
        where T : struct, IPairingValue<T, F>
        where F : unmanaged, IField<F>
    {
        var square = value.CyclotomicSquare();
        var third = value * square;
        var fifth = third * square;
        var seventh = fifth * square;
        var result = value;
        foreach (var digit in X)
        {
            result = result.CyclotomicSquare();
            if (digit == 0) continue;

            var power = Math.Abs((int)digit) switch { 1 => value, 3 => third, 5 => fifth, _ => seventh };
            result *= digit < 0 ? power.Conjugate() : power;
        }

        return result;
    }
}
