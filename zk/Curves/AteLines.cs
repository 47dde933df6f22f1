using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>
/// A line through points of the twist, scaled so that it takes, at P = (x, y) of the first group, the value
/// 1 + X·(x/y)·w + Constant·(1/y)·w³: factors in Fe2 vanish in the final exponentiation.
/// </summary>
readonly record struct Line<F>(Fe2<F> X, Fe2<F> Constant)
    where F : unmanaged, IField<F>;

/// <summary>What lines need of the point where they are evaluated.</summary>
readonly record struct LinePoint<F>(F XOverY, F OneOverY)
    where F : unmanaged, IField<F>
{
    public static LinePoint<F> Of(in F x, in F y)
    {
        var inverse = y.Invert();
        return new(x * inverse, inverse);
    }
}

/// <summary>The lines of the Miller loop of one point of the second group, for keys prepared once.</summary>
[SkipLocalsInit]
static class AteLines
{
    /// <summary>
    /// Tangents and chords of T on its way to [6x+2]Q + ψ(Q) − ψ²(Q), in homogeneous coordinates (Costello,
    /// Lange and Naehrig, eprint 2009/615 §4); one inversion scales them all. The T at the end tells whether Q is
    /// in the group.
    /// </summary>
    public static void Compute<F>(
        in Fe2<F> x, in Fe2<F> y, Span<Line<F>> lines, out Projective<Fe2<F>, G2<F>> end)
        where F : unmanaged, IField<F>
    {
        Span<Fe2<F>> scales = stackalloc Fe2<F>[Pairing.LineCount];
        var t = new Projective<Fe2<F>, G2<F>>(x, y, Fe2<F>.One);
        var next = 0;
        foreach (var digit in Pairing.Loop)
        {
            t = Double(t, out scales[next], out lines[next]);
            next++;
            if (digit == 0) continue;

            t = Add(t, x, digit > 0 ? y : -y, out scales[next], out lines[next]);
            next++;
        }

        var psi = Psi<F>.Map(new(x, y, Fe2<F>.One));
        t = Add(t, psi.X, psi.Y, out scales[next], out lines[next]);
        psi = Psi<F>.Map(psi);
        end = Add(t, psi.X, -psi.Y, out scales[next + 1], out lines[next + 1]);
        Scale(lines, scales);
    }

    /// <summary>
    /// Q has order r exactly when 6x+2 + ψ − ψ² + ψ³ annuls it: the norm of that number, in the ring where
    /// ψ² − tψ + p = 0, is prime to the cofactor. A chord through equal or opposite points leaves Z zero for good.
    /// </summary>
    public static bool ProvesSubgroup(in Projective<Fq2, G2<Fq>> end, in G2Affine q)
    {
        var last = -Psi<Fq>.Map(Psi<Fq>.Map(Psi<Fq>.Map(q.ToProjective())));
        return !end.IsInfinity() && end.X == last.X * end.Z && end.Y == last.Y * end.Z;
    }

    static Projective<Fe2<F>, G2<F>> Double<F>(
        in Projective<Fe2<F>, G2<F>> t, out Fe2<F> scale, out Line<F> line)
        where F : unmanaged, IField<F>
    {
        var yy = t.Y.Square();
        var zz = G2<F>.TimesB3(t.Z.Square());
        var three = zz.Twice() + zz;
        var yz = (t.Y * t.Z).Twice();
        var xx = t.X.Square();
        scale = -yz;
        line = new(xx.Twice() + xx, zz - yy);
        var zzzz = zz.Square();
        var twelve = (zzzz.Twice() + zzzz).Twice().Twice();
        return new(
            (t.X * t.Y * (yy - three)).Twice(), (yy + three).Square() - twelve,
            (yy * yz).Twice().Twice());
    }

    static Projective<Fe2<F>, G2<F>> Add<F>(
        in Projective<Fe2<F>, G2<F>> t, in Fe2<F> x, in Fe2<F> y, out Fe2<F> scale, out Line<F> line)
        where F : unmanaged, IField<F>
    {
        var rise = t.Y - (y * t.Z);
        var run = t.X - (x * t.Z);
        scale = run;
        line = new(-rise, Fe2<F>.MultiplyAdd(rise, x, run, -y));
        var square = run.Square();
        var cube = square * run;
        var g = t.X * square;
        var h = cube + (rise.Square() * t.Z) - g.Twice();
        return new(run * h, Fe2<F>.MultiplyAdd(rise, g - h, cube, -t.Y), cube * t.Z);
    }

    /// <summary>Divides each line by its scale, all by one inversion (Montgomery's trick).</summary>
    static void Scale<F>(Span<Line<F>> lines, Span<Fe2<F>> scales)
        where F : unmanaged, IField<F>
    {
        Span<Fe2<F>> products = stackalloc Fe2<F>[Pairing.LineCount];
        var product = Fe2<F>.One;
        for (var i = 0; i < scales.Length; i++)
        {
            products[i] = product;
            product *= scales[i];
        }

        var inverse = product.Invert();
        for (var i = scales.Length - 1; i >= 0; i--)
        {
            var factor = inverse * products[i];
            inverse *= scales[i];
            lines[i] = new(lines[i].X * factor, lines[i].Constant * factor);
        }
    }
}

/// <summary>ψ, the endomorphism of the twist that multiplies by p in the group: Frobenius, seen from there.</summary>
static class Psi<F>
    where F : unmanaged, IField<F>
{
    static readonly Fe2<F> XFactor = Fe2<F>.Xi.Pow(Exponents.Limbs((Fq.Modulus - 1) / 3));
    static readonly Fe2<F> YFactor = Fe2<F>.Xi.Pow(Exponents.Limbs((Fq.Modulus - 1) / 2));

    public static Projective<Fe2<F>, G2<F>> Map(in Projective<Fe2<F>, G2<F>> q) =>
        new(q.X.Conjugate() * XFactor, q.Y.Conjugate() * YFactor, q.Z.Conjugate());
}
