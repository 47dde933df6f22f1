using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>A point by its coordinates, unchecked; (0, 0), which is on neither curve, stands for infinity.</summary>
public readonly record struct Affine<F, TCurve>(F X, F Y)
    where F : unmanaged, IScalarField<F>
    where TCurve : struct, ICurve<F>
{
    public static Affine<F, TCurve> Infinity => default;

    public bool IsInfinity => X.IsZero && Y.IsZero;

    /// <summary>Infinity is on the curve.</summary>
    public bool IsOnCurve => IsInfinity || Y.Square().Equals((X.Square() * X) + TCurve.B);

    public static Affine<F, TCurve> operator -(in Affine<F, TCurve> a) => new(a.X, -a.Y);

    public static Affine<F, TCurve> operator +(in Affine<F, TCurve> a, in Affine<F, TCurve> b) =>
        (a.ToProjective() + b.ToProjective()).ToAffine();

    /// <summary>Time depends on the scalar, which must be public.</summary>
    public static Affine<F, TCurve> operator *(in Affine<F, TCurve> a, in Fr scalar) =>
        a.ToProjective().Times(scalar.ToLimbs()).ToAffine();

    public Projective<F, TCurve> ToProjective() =>
        IsInfinity ? Projective<F, TCurve>.Infinity : new(X, Y, F.One);
}

/// <summary>What only points of one coordinate at a time can do.</summary>
public static class ProjectiveExtensions
{
    public static bool IsInfinity<F, TCurve>(this in Projective<F, TCurve> point)
        where F : unmanaged, IScalarField<F>
        where TCurve : struct, ICurve<F> => point.Z.IsZero;

    public static Affine<F, TCurve> ToAffine<F, TCurve>(this in Projective<F, TCurve> point)
        where F : unmanaged, IScalarField<F>
        where TCurve : struct, ICurve<F>
    {
        var inverse = point.Z.Invert();
        return new(point.X * inverse, point.Y * inverse);
    }
}
