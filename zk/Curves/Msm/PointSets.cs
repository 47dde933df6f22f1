using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>Sums of multiples of points (Pippenger's buckets, signed digits).</summary>
public static class PointSets
{
    /// <summary>
    /// Σ kᵢ·Pᵢ; points may repeat, oppose each other or be infinity. Time depends on the scalars.
    /// </summary>
    public static G1Affine Sum(
        ReadOnlySpan<G1Affine> points, ReadOnlySpan<Fr> scalars, Arithmetic arithmetic = Arithmetic.Best)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(points.Length, scalars.Length);
        return Sum(OfG1(points, arithmetic, tables: false), Numbers(scalars)).ToAffine();
    }

    /// <summary>The same in the second group.</summary>
    public static G2Affine Sum(
        ReadOnlySpan<G2Affine> points, ReadOnlySpan<Fr> scalars, Arithmetic arithmetic = Arithmetic.Best)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(points.Length, scalars.Length);
        return Sum(OfG2(points, arithmetic, tables: false), Numbers(scalars)).ToAffine();
    }

    internal static PointSet<Fq, G1<Fq>> OfG1(
        ReadOnlySpan<G1Affine> points, Arithmetic arithmetic, bool tables, PointStore? ready = null) =>
        arithmetic.UsesLanes()
            ? new PointSet<Twin<Fq8>, Fq, SixteenG1, G1<Twin<Fq8>>, G1<Fq>>(points, tables, ready)
            : new PointSet<Fq, Fq, OnePoint<Fq>, G1<Fq>, G1<Fq>>(points, tables, ready);

    internal static PointSet<Fq2, G2<Fq>> OfG2(
        ReadOnlySpan<G2Affine> points, Arithmetic arithmetic, bool tables, PointStore? ready = null) =>
        arithmetic.UsesLanes()
            ? new PointSet<Fe2<Fq8>, Fq2, EightG2, G2<Fq8>, G2<Fq>>(points, tables, ready)
            : new PointSet<Fq2, Fq2, OnePoint<Fq2>, G2<Fq>, G2<Fq>>(points, tables, ready);

    internal static Limbs[] Numbers(ReadOnlySpan<Fr> scalars)
    {
        var numbers = new Limbs[scalars.Length];
        Write(scalars, numbers);
        return numbers;
    }

    internal static void Write(ReadOnlySpan<Fr> scalars, Span<Limbs> numbers)
    {
        for (var i = 0; i < scalars.Length; i++)
        {
            numbers[i] = scalars[i].ToLimbs();
        }
    }

    /// <summary>The sum over a set, on all cores.</summary>
    internal static Projective<S, TCurve> Sum<S, TCurve>(PointSet<S, TCurve> set, ReadOnlySpan<Limbs> scalars)
        where S : unmanaged, IScalarField<S>
        where TCurve : struct, ICurve<S>
    {
        var sum = Projective<S, TCurve>.Infinity;
        var blocks = new BlockQueue();
        blocks.Add(set.Begin(scalars, result => sum = result));
        Parallel.For(0, Environment.ProcessorCount, _ => blocks.Run());
        return sum;
    }
}
