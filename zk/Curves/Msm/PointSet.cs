using System.Collections.Concurrent;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>
/// Known points, ready for sums of multiples of them. Points at infinity are left out. Time depends on the scalars.
/// </summary>
abstract class PointSet<S, TCurve>
    where S : unmanaged, IScalarField<S>
    where TCurve : struct, ICurve<S>
{
    /// <summary>The work for one sum, to be run block by block in any order and place.</summary>
    /// <param name="scalars">Scalar i belongs to point i as the points were given.</param>
    /// <param name="then">Is told the sum, by whoever runs the last block.</param>
    public abstract IBlockWork Begin(ReadOnlySpan<Limbs> scalars, Action<Projective<S, TCurve>> then);

    /// <summary>The points, and their multiples where there are tables.</summary>
    public abstract PointStore Points { get; }
}

/// <summary>The set for one of the two arithmetic paths.</summary>
sealed class PointSet<F, S, TLanes, TLaneCurve, TCurve> : PointSet<S, TCurve>
    where F : unmanaged, IField<F>
    where S : unmanaged, IScalarField<S>
    where TLanes : struct, IPointLanes<F, S>
    where TLaneCurve : struct, ICurve<F>
    where TCurve : struct, ICurve<S>
{
    readonly ConcurrentBag<SumWork<F, S, TLanes, TLaneCurve, TCurve>> _idle = [];
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

    public override IBlockWork Begin(ReadOnlySpan<Limbs> scalars, Action<Projective<S, TCurve>> then)
    {
        if (!_idle.TryTake(out var work)) work = new(this, new(_scalars.Length, Bits, _tables, _rowLength));
        work.Begin(scalars, _scalars, then);
        return work;
    }

    /// <summary>The memory of a sum that has ended is that of the next.</summary>
    public void TakeBack(SumWork<F, S, TLanes, TLaneCurve, TCurve> work) => _idle.Add(work);
}
