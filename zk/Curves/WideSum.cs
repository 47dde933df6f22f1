using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using PoA.Nostr.Zk.Curves.Msm;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>Points of the first group, none of them infinity, added up sixteen at a time.</summary>
[SkipLocalsInit]
static class WideSum
{
    public static Projective<Fq, G1<Fq>> Of(ReadOnlySpan<G1Affine> points)
    {
        var lanes = SixteenG1.Count;
        Span<Fq> x = stackalloc Fq[lanes];
        Span<Fq> y = stackalloc Fq[lanes];
        var sums = Projective<Twin<Fq8>, G1<Twin<Fq8>>>.Infinity;
        for (var done = 0; done < points.Length; done += lanes)
        {
            var count = Math.Min(lanes, points.Length - done);
            for (var i = 0; i < lanes; i++)
            {
                // A lane without a point borrows one, which is then left aside.
                ref readonly var point = ref points[done + Math.Min(i, count - 1)];
                (x[i], y[i]) = (point.X, point.Y);
            }

            var next = sums.PlusAffine(SixteenG1.Gather(x), SixteenG1.Gather(y));
            var own = (1u << count) - 1;
            sums = count == lanes
                ? next
                : new(
                    SixteenG1.Select(own, next.X, sums.X), SixteenG1.Select(own, next.Y, sums.Y),
                    SixteenG1.Select(own, next.Z, sums.Z));
        }

        return Join(
            new Projective<Fq8, G1<Fq8>>(sums.X.First, sums.Y.First, sums.Z.First)
            + new Projective<Fq8, G1<Fq8>>(sums.X.Second, sums.Y.Second, sums.Z.Second));
    }

    /// <summary>The sum of all lanes, by halves.</summary>
    static Projective<Fq, G1<Fq>> Join(Projective<Fq8, G1<Fq8>> sums)
    {
        var lanes = Vector512.Create(0ul, 1, 2, 3, 4, 5, 6, 7);
        for (var step = Fq8.Count / 2; step > 0; step /= 2)
        {
            var others = (lanes + Vector512.Create((ulong)step)) & Vector512.Create(7ul);
            sums += new Projective<Fq8, G1<Fq8>>(
                sums.X.Permuted(others), sums.Y.Permuted(others), sums.Z.Permuted(others));
        }

        return new(sums.X.Extract(0), sums.Y.Extract(0), sums.Z.Extract(0));
    }
}
