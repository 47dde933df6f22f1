using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>
/// (X/Z, Y/Z), with the complete formulas of Renes, Costello and Batina (eprint 2015/1060, §3 for a = 0): no case of
/// equal points, opposite points or infinity is special, and nothing branches.
/// </summary>
[SkipLocalsInit]
public readonly record struct Projective<F, TCurve>(F X, F Y, F Z)
    where F : unmanaged, IField<F>
    where TCurve : struct, ICurve<F>
{
    public static Projective<F, TCurve> Infinity => new(F.Zero, F.One, F.Zero);

    public static Projective<F, TCurve> operator -(in Projective<F, TCurve> a) => new(a.X, -a.Y, a.Z);

    public static Projective<F, TCurve> operator +(in Projective<F, TCurve> a, in Projective<F, TCurve> b) => Join(
        (a.X * b.X), a.Y * b.Y, TCurve.TimesB3(a.Z * b.Z),
        F.MultiplyAdd(a.X, b.Y, b.X, a.Y), F.MultiplyAdd(a.Y, b.Z, b.Y, a.Z), F.MultiplyAdd(a.X, b.Z, b.X, a.Z));

    /// <summary>Adds an affine point, which must not be infinity.</summary>
    public Projective<F, TCurve> PlusAffine(in F x, in F y) => Join(
        X * x, Y * y, TCurve.TimesB3(Z), F.MultiplyAdd(X, y, x, Y), (y * Z) + Y, (x * Z) + X);

    public Projective<F, TCurve> Twice()
    {
        var yy = Y.Square();
        var zz = TCurve.TimesB3(Z.Square());
        var less = yy - zz.Twice() - zz;
        var eight = yy.Twice().Twice().Twice();
        return new((less * (X * Y)).Twice(), F.MultiplyAdd(eight, zz, less, yy + zz), eight * (Y * Z));
    }

    /// <summary>Windows of four bits; time depends on the scalar.</summary>
    public Projective<F, TCurve> Times(in Limbs scalar)
    {
        Span<ulong> limbs = [scalar.L0, scalar.L1, scalar.L2, scalar.L3];
        Span<Projective<F, TCurve>> multiples = stackalloc Projective<F, TCurve>[16];
        multiples[0] = Infinity;
        for (var i = 1; i < multiples.Length; i++)
        {
            multiples[i] = multiples[i - 1] + this;
        }

        var result = Infinity;
        var started = false;
        for (var bit = 252; bit >= 0; bit -= 4)
        {
            if (started) result = result.Twice().Twice().Twice().Twice();

            var window = (int)(limbs[bit >> 6] >> (bit & 63)) & 15;
            if (window == 0) continue;

            result = started ? result + multiples[window] : multiples[window];
            started = true;
        }

        return result;
    }

    static Projective<F, TCurve> Join(in F xx, in F yy, in F zz, in F xy, in F yz, in F xz)
    {
        var three = xx.Twice() + xx;
        var less = yy - zz;
        var more = yy + zz;
        var xzB3 = TCurve.TimesB3(xz);
        return new(
            F.MultiplyAdd(xy, less, -yz, xzB3), F.MultiplyAdd(more, less, three, xzB3),
            F.MultiplyAdd(more, yz, three, xy));
    }
}
