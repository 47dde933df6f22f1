using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>Σ d·B_d over the buckets of a set, as a sum of running sums: no multiplication at all.</summary>
static unsafe class BucketReduction
{
    /// <summary>The set is cut into as many segments as there are lanes, and each lane sums its own.</summary>
    public static Projective<S, TCurve> Sum<F, S, TLanes, TLaneCurve, TCurve>(ReadOnlySpan<nint> buckets)
        where F : unmanaged, IField<F>
        where S : unmanaged, IScalarField<S>
        where TLanes : struct, IPointLanes<F, S>
        where TLaneCurve : struct, ICurve<F>
        where TCurve : struct, ICurve<S>
    {
        var lanes = TLanes.Count;
        var segment = buckets.Length / lanes;
        var running = Projective<F, TLaneCurve>.Infinity;
        var total = running;
        var references = stackalloc nint[lanes];
        for (var i = segment - 1; i >= 0; i--)
        {
            uint present = 0;
            nint any = 0;
            for (var lane = 0; lane < lanes; lane++)
            {
                references[lane] = buckets[(lane * segment) + i];
                if (references[lane] == 0) continue;

                present |= 1u << lane;
                any = references[lane];
            }

            if (present != 0)
            {
                // An empty bucket borrows a point, whose sum is then left aside.
                for (var lane = 0; lane < lanes; lane++)
                {
                    if (references[lane] == 0) references[lane] = any;
                }

                TLanes.Load(references, out var x, out var y);
                var sum = running.PlusAffine(x, y);
                running = new(
                    TLanes.Select(present, sum.X, running.X), TLanes.Select(present, sum.Y, running.Y),
                    TLanes.Select(present, sum.Z, running.Z));
            }

            total += running;
        }

        return Join<F, S, TLanes, TLaneCurve, TCurve>(running, total, segment);
    }

    /// <summary>Σ total_l + segment·Σ l·running_l over the lanes; the segment is a power of two.</summary>
    static Projective<S, TCurve> Join<F, S, TLanes, TLaneCurve, TCurve>(
        in Projective<F, TLaneCurve> running, in Projective<F, TLaneCurve> total, int segment)
        where F : unmanaged, IField<F>
        where S : unmanaged, IScalarField<S>
        where TLanes : struct, IPointLanes<F, S>
        where TLaneCurve : struct, ICurve<F>
        where TCurve : struct, ICurve<S>
    {
        Span<Projective<S, TCurve>> runnings = stackalloc Projective<S, TCurve>[TLanes.Count];
        Span<Projective<S, TCurve>> totals = stackalloc Projective<S, TCurve>[TLanes.Count];
        Scatter<F, S, TLanes, TLaneCurve, TCurve>(running, runnings);
        Scatter<F, S, TLanes, TLaneCurve, TCurve>(total, totals);
        var weighted = Projective<S, TCurve>.Infinity;
        var above = Projective<S, TCurve>.Infinity;
        for (var lane = runnings.Length - 1; lane > 0; lane--)
        {
            above += runnings[lane];
            weighted += above;
        }

        for (var size = segment; size > 1; size >>= 1)
        {
            weighted = weighted.Twice();
        }

        foreach (var own in totals)
        {
            weighted += own;
        }

        return weighted;
    }

    static void Scatter<F, S, TLanes, TLaneCurve, TCurve>(
        in Projective<F, TLaneCurve> point, Span<Projective<S, TCurve>> points)
        where F : unmanaged, IField<F>
        where S : unmanaged, IScalarField<S>
        where TLanes : struct, IPointLanes<F, S>
        where TLaneCurve : struct, ICurve<F>
        where TCurve : struct, ICurve<S>
    {
        Span<S> x = stackalloc S[points.Length];
        Span<S> y = stackalloc S[points.Length];
        Span<S> z = stackalloc S[points.Length];
        TLanes.Scatter(point.X, x);
        TLanes.Scatter(point.Y, y);
        TLanes.Scatter(point.Z, z);
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = new(x[i], y[i], z[i]);
        }
    }
}
