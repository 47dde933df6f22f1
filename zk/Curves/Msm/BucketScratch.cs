using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>
/// Adds up points by bucket: rounds of additions in pairs within each bucket, in affine coordinates, with one inversion
/// for thousands of pairs (eprint 2022/1396 §5). One thread's working memory.
/// </summary>
sealed unsafe class BucketScratch<F, S, TLanes>
    where F : unmanaged, IField<F>
    where S : unmanaged, IScalarField<S>
    where TLanes : struct, IPointLanes<F, S>
{
    /// <summary>Groups of pairs that share an inversion: so many that they stay in the second-level cache.</summary>
    static readonly int GroupsMax = 4096 / TLanes.Count;

    /// <summary>Each round may end with a group that is not full; there are at most 31 rounds.</summary>
    const int RoundsMax = 32;

    readonly PointStore _sums;
    readonly PointStore _pairs;
    readonly PointStore _fields = new(2L * GroupsMax * sizeof(F));
    readonly int[] _pairBuckets;
    readonly nint* _left;
    readonly nint* _right;
    readonly F* _differences;
    readonly F* _products;

    public BucketScratch(int entriesMax)
    {
        var padded = entriesMax + (RoundsMax * TLanes.Count);
        _sums = new((long)padded * TLanes.Size);
        _pairs = new(2L * padded * sizeof(nint));
        _pairBuckets = new int[padded];
        _left = (nint*)_pairs.Start;
        _right = _left + padded;
        _differences = (F*)_fields.Start;
        _products = _differences + GroupsMax;
    }

    /// <summary>
    /// References are grouped by bucket, counts[b] of them for bucket b; both are used up. A reference to the sum of
    /// bucket b comes back in sums[b], zero where it has no entry; it lies in this scratch until the next call.
    /// Buckets in which equal or opposite points met are marked: their sums are worthless.
    /// </summary>
    public void Add(Span<nint> references, Span<int> counts, Span<nint> sums, Span<bool> degenerate)
    {
        var free = _sums.Start;
        while (Pair(references, counts, free) is > 0 and var pairs)
        {
            var groups = (pairs + TLanes.Count - 1) / TLanes.Count;
            for (var start = 0; start < groups; start += GroupsMax)
            {
                AddPairs(
                    start * TLanes.Count, Math.Min(GroupsMax, groups - start),
                    free + ((long)start * TLanes.Count * TLanes.Size), degenerate);
            }

            free += (long)groups * TLanes.Count * TLanes.Size;
        }

        var next = 0;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            sums[bucket] = counts[bucket] == 0 ? 0 : references[next++];
        }
    }

    /// <summary>Lists the pairs of a round, and puts in their place what will be left: sums and odd ones.</summary>
    int Pair(Span<nint> references, Span<int> counts, byte* free)
    {
        int pairs = 0, read = 0, write = 0;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            var count = counts[bucket];
            for (var i = 0; i + 1 < count; i += 2)
            {
                _left[pairs] = references[read + i];
                _right[pairs] = references[read + i + 1];
                _pairBuckets[pairs] = bucket;
                references[write++] = (nint)(free + ((long)pairs++ * TLanes.Size));
            }

            if ((count & 1) == 1) references[write++] = references[read + count - 1];

            read += count;
            counts[bucket] = (count + 1) >> 1;
        }

        // The last group is filled with a pair that is there already.
        for (var i = pairs; pairs > 0 && i % TLanes.Count != 0; i++)
        {
            (_left[i], _right[i], _pairBuckets[i]) = (_left[pairs - 1], _right[pairs - 1], _pairBuckets[pairs - 1]);
        }

        return pairs;
    }

    /// <summary>
    /// x₃ = λ² − x₁ − x₂, y₃ = λ(x₁ − x₃) − y₁ with λ = (y₂ − y₁)/(x₂ − x₁):
    /// six products, of which three are for the common inversion. A difference of zero (P ± P) would spoil all
    /// pairs: it is looked for in the common product.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddPairs(int first, int groups, byte* sums, Span<bool> degenerate)
    {
        var left = _left + first;
        var right = _right + first;
        var product = F.One;
        for (var g = 0; g < groups; g++)
        {
            _differences[g] = TLanes.LoadX(right + (g * TLanes.Count)) - TLanes.LoadX(left + (g * TLanes.Count));
            _products[g] = product;
            product *= _differences[g];
        }

        if (TLanes.Zeros(product) != 0) product = WithoutZeros(first, groups, degenerate);

        var inverse = product.Invert();
        for (var g = groups - 1; g >= 0; g--)
        {
            var scale = inverse * _products[g];
            inverse *= _differences[g];
            TLanes.Load(left + (g * TLanes.Count), out var x1, out var y1);
            TLanes.Load(right + (g * TLanes.Count), out var x2, out var y2);
            var slope = (y2 - y1) * scale;
            var x3 = slope.Square() - x1 - x2;
            var y3 = (slope * (x1 - x3)) - y1;
            TLanes.Store(sums + ((long)g * TLanes.Count * TLanes.Size), x3, y3);
        }
    }

    /// <summary>Ones in place of the zeros, whose buckets are marked; rare, so that speed does not matter.</summary>
    F WithoutZeros(int first, int groups, Span<bool> degenerate)
    {
        var product = F.One;
        for (var g = 0; g < groups; g++)
        {
            var zeros = TLanes.Zeros(_differences[g]);
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                if ((zeros >> lane & 1) == 1) degenerate[_pairBuckets[first + (g * TLanes.Count) + lane]] = true;
            }

            _differences[g] = TLanes.Select(zeros, F.One, _differences[g]);
            _products[g] = product;
            product *= _differences[g];
        }

        return product;
    }
}
