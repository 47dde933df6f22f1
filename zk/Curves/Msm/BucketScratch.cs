using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
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
    readonly PointStore _listed;
    readonly int[] _pairBuckets;
    readonly nint* _left;
    readonly nint* _right;
    readonly F* _differences;
    readonly F* _products;
    int[] _counts = [];
    bool[] _degenerate = [];
    int _entryCount;
    int _bucketCount;

    public BucketScratch(int entriesMax)
    {
        var padded = entriesMax + (RoundsMax * TLanes.Count);
        _sums = new((long)padded * TLanes.Size);
        _pairs = new(2L * padded * sizeof(nint));
        _listed = new((long)entriesMax * sizeof(nint));
        _pairBuckets = new int[padded];
        _left = (nint*)_pairs.Start;
        _right = _left + padded;
        _differences = (F*)_fields.Start;
        _products = _differences + GroupsMax;
    }

    /// <summary>References to add up, grouped by bucket.</summary>
    public Span<nint> References => new(_listed.Start, _entryCount);

    /// <summary>How many references each bucket has.</summary>
    public Span<int> Counts => _counts.AsSpan(0, _bucketCount);

    /// <summary>
    /// Buckets in which equal or opposite points met: their sums are worthless.
    /// </summary>
    public Span<bool> Degenerate => _degenerate.AsSpan(0, _bucketCount);

    /// <summary>Before references and counts are written.</summary>
    public void Begin(int entries, int buckets)
    {
        (_entryCount, _bucketCount) = (entries, buckets);
        if (_counts.Length < buckets) (_counts, _degenerate) = (new int[buckets], new bool[buckets]);

        Degenerate.Clear();
    }

    /// <summary>
    /// Uses up references and counts. A reference to the sum of bucket b comes back in sums[b], zero where it has no
    /// entry; it lies in this scratch until the next call.
    /// </summary>
    public void Add(Span<nint> sums)
    {
        var references = References;
        var counts = Counts;
        var free = _sums.Start;
        while (Pair(references, counts, free) is > 0 and var pairs)
        {
            var groups = (pairs + TLanes.Count - 1) / TLanes.Count;
            for (var start = 0; start < groups; start += GroupsMax)
            {
                AddPairs(
                    start * TLanes.Count, Math.Min(GroupsMax, groups - start),
                    free + ((long)start * TLanes.Count * TLanes.Size));
            }

            free += (long)groups * TLanes.Count * TLanes.Size;
        }

        var next = 0;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            sums[bucket] = counts[bucket] == 0 ? 0 : references[next++];
        }
    }

    /// <summary>What was added up tells the scalars; the sums themselves stay until they are overwritten.</summary>
    public void Wipe()
    {
        References.Clear();
        var pairsMax = (_entryCount / 2) + TLanes.Count;
        new Span<nint>(_left, pairsMax).Clear();
        new Span<nint>(_right, pairsMax).Clear();
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
    void AddPairs(int first, int groups, byte* sums)
    {
        var left = _left + first;
        var right = _right + first;
        var product = F.One;
        for (var g = 0; g < groups; g++)
        {
            Prefetch(left, right, g + 1);
            _differences[g] = TLanes.LoadX(right + (g * TLanes.Count)) - TLanes.LoadX(left + (g * TLanes.Count));
            _products[g] = product;
            product *= _differences[g];
        }

        if (TLanes.Zeros(product) != 0) product = WithoutZeros(first, groups);

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(nint* left, nint* right, int group)
    {
        if (!Sse.IsSupported) return;

        for (var i = group * TLanes.Count; i < (group + 1) * TLanes.Count; i++)
        {
            for (var line = 0; line < TLanes.Size; line += 64)
            {
                Sse.Prefetch0((byte*)(left[i] & ~1) + line);
                Sse.Prefetch0((byte*)(right[i] & ~1) + line);
            }
        }
    }

    /// <summary>Ones in place of the zeros, whose buckets are marked; rare, so that speed does not matter.</summary>
    F WithoutZeros(int first, int groups)
    {
        var product = F.One;
        for (var g = 0; g < groups; g++)
        {
            var zeros = TLanes.Zeros(_differences[g]);
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                if ((zeros >> lane & 1) == 1) _degenerate[_pairBuckets[first + (g * TLanes.Count) + lane]] = true;
            }

            _differences[g] = TLanes.Select(zeros, F.One, _differences[g]);
            _products[g] = product;
            product *= _differences[g];
        }

        return product;
    }
}
