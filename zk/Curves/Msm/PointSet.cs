using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>
/// Known points, ready for sums of multiples of them. Points at infinity are left out. Time depends on the scalars.
/// </summary>
abstract class PointSet<S, TCurve>
    where S : unmanaged, IScalarField<S>
    where TCurve : struct, ICurve<S>
{
    /// <summary>The work for one sum: first this, then its blocks in any order and place, then the result.</summary>
    /// <param name="scalars">Scalar i belongs to point i as the points were given.</param>
    public abstract SumWork<S, TCurve> Begin(ReadOnlySpan<Limbs> scalars);

    /// <summary>The points, and their multiples where there are tables.</summary>
    public abstract PointStore Points { get; }
}

/// <summary>A sum under way.</summary>
abstract class SumWork<S, TCurve> : IBlockWork
    where S : unmanaged, IScalarField<S>
    where TCurve : struct, ICurve<S>
{
    public abstract int BlockCount { get; }

    public abstract void RunBlock(int block);

    /// <summary>After all blocks.</summary>
    public abstract Projective<S, TCurve> Finish();
}

/// <summary>Work cut into blocks that may run at the same time.</summary>
interface IBlockWork
{
    int BlockCount { get; }

    void RunBlock(int block);
}

/// <summary>The set for one of the two arithmetic paths.</summary>
sealed class PointSet<F, S, TLanes, TLaneCurve, TCurve> : PointSet<S, TCurve>
    where F : unmanaged, IField<F>
    where S : unmanaged, IScalarField<S>
    where TLanes : struct, IPointLanes<F, S>
    where TLaneCurve : struct, ICurve<F>
    where TCurve : struct, ICurve<S>
{
    readonly int[] _scalars;
    readonly int _rowLength;
    readonly bool _tables;

    public PointSet(ReadOnlySpan<Affine<S, TCurve>> points, bool tables, PointStore? ready)
    {
        var present = new List<Affine<S, TCurve>>(points.Length);
        var scalars = new List<int>(points.Length);
        for (var i = 0; i < points.Length; i++)
        {
            if (points[i].IsInfinity) continue;

            present.Add(points[i]);
            scalars.Add(i);
        }

        _scalars = [.. scalars];
        _tables = tables;
        Bits = BucketEntries.BestBits(present.Count, tables);
        _rowLength = (present.Count + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
        Points = PointTable.Build<F, S, TLanes, TLaneCurve, TCurve>(
            present.ToArray(), tables ? Digits.Count(Bits) : 1, Bits, ready);
    }

    public int Bits { get; }

    public override PointStore Points { get; }

    public int SetCount => _tables ? 1 : Digits.Count(Bits);

    public override SumWork<S, TCurve> Begin(ReadOnlySpan<Limbs> scalars) =>
        new SumWork<F, S, TLanes, TLaneCurve, TCurve>(
            this, BucketEntries.Sort(scalars, _scalars, Bits, _tables, _rowLength));
}
