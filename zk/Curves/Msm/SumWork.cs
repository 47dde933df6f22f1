using System.Collections.Concurrent;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>A sum under way, in one of the two arithmetic paths. Its memory serves one sum after another.</summary>
sealed unsafe class SumWork<F, S, TLanes, TLaneCurve, TCurve> : IBlockWork
    where F : unmanaged, IField<F>
    where S : unmanaged, IScalarField<S>
    where TLanes : struct, IPointLanes<F, S>
    where TLaneCurve : struct, ICurve<F>
    where TCurve : struct, ICurve<S>
{
    /// <summary>
    /// Entries whose buckets are added up at a time: their points stay in the second-level cache, and no core waits
    /// long for the last block of another.
    /// </summary>
    static readonly int BlockEntries = 512 * 1024 / TLanes.Size;

    static readonly ConcurrentBag<BucketScratch<F, S, TLanes>> Scratches = [];

    readonly PointSet<F, S, TLanes, TLaneCurve, TCurve> _set;
    readonly BucketEntries _entries;
    readonly PointStore _sums;
    readonly nint[] _buckets;

    /// <summary>Block b has the buckets from _blocks[b] to _blocks[b + 1] − 1.</summary>
    readonly List<int> _blocks = [];

    Action<Projective<S, TCurve>> _then = _ => { };
    int _left;

    public SumWork(PointSet<F, S, TLanes, TLaneCurve, TCurve> set, BucketEntries entries)
    {
        _set = set;
        _entries = entries;
        _buckets = new nint[entries.Starts.Length - 1];
        _sums = new((long)(_buckets.Length + TLanes.Count) * TLanes.Size);
    }

    public int BlockCount => _blocks.Count - 1;

    public void Begin(ReadOnlySpan<Limbs> scalars, ReadOnlySpan<int> own, Action<Projective<S, TCurve>> then)
    {
        _entries.Sort(scalars, own);
        _then = then;
        _blocks.Clear();
        _blocks.Add(0);
        var starts = _entries.Starts;
        for (var bucket = 1; bucket < _buckets.Length; bucket++)
        {
            if (starts[bucket] - starts[_blocks[^1]] >= BlockEntries) _blocks.Add(bucket);
        }

        _blocks.Add(_buckets.Length);
        _left = BlockCount;
    }

    public void RunBlock(int block)
    {
        var (first, end) = (_blocks[block], _blocks[block + 1]);
        var starts = _entries.Starts;
        var entries = _entries.Entries[starts[first]..starts[end]];
        if (entries.Length > 2 * BlockEntries || !Scratches.TryTake(out var scratch))
        {
            scratch = new(Math.Max(entries.Length, 2 * BlockEntries));
        }

        scratch.Begin(entries.Length, end - first);
        for (var i = 0; i < entries.Length; i++)
        {
            scratch.References[i] = Reference(entries[i]);
        }

        for (var bucket = first; bucket < end; bucket++)
        {
            scratch.Counts[bucket - first] = starts[bucket + 1] - starts[bucket];
        }

        var sums = _buckets.AsSpan(first, end - first);
        scratch.Add(sums);
        Keep(first, sums, scratch.Degenerate);
        scratch.Wipe();
        if (entries.Length <= 2 * BlockEntries) Scratches.Add(scratch);
        if (Interlocked.Decrement(ref _left) == 0) Finish();
    }

    void Finish()
    {
        var sum = Projective<S, TCurve>.Infinity;
        var perSet = _buckets.Length / _set.SetCount;
        for (var set = _set.SetCount - 1; set >= 0; set--)
        {
            for (var bit = 0; bit < _set.Bits && set < _set.SetCount - 1; bit++)
            {
                sum = sum.Twice();
            }

            sum += BucketReduction.Sum<F, S, TLanes, TLaneCurve, TCurve>(_buckets.AsSpan(set * perSet, perSet));
        }

        var then = _then;
        _entries.Wipe();
        _set.TakeBack(this);
        then(sum);
    }

    nint Reference(int entry) => (nint)(_set.Points.Start + ((long)(entry >> 1) * TLanes.Size)) | (entry & 1);

    /// <summary>Copies the sums out of the scratch; those of degenerate buckets are computed anew.</summary>
    void Keep(int first, Span<nint> sums, ReadOnlySpan<bool> degenerate)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            if (sums[i] == 0) continue;

            var record = _sums.Start + ((long)(first + i) * TLanes.Size);
            if (degenerate[i])
            {
                sums[i] = AddCompletely(first + i, record) ? (nint)record : 0;
                continue;
            }

            Buffer.MemoryCopy((void*)(sums[i] & ~1), record, TLanes.Size, TLanes.Size);
            sums[i] = (nint)record | (sums[i] & 1);
        }
    }

    /// <summary>One entry after another by formulas without exceptions; false where the sum is infinity.</summary>
    bool AddCompletely(int bucket, byte* record)
    {
        var lanes = TLanes.Count;
        var references = stackalloc nint[lanes];
        Span<S> xs = stackalloc S[lanes];
        Span<S> ys = stackalloc S[lanes];
        var sum = Projective<S, TCurve>.Infinity;
        for (var i = _entries.Starts[bucket]; i < _entries.Starts[bucket + 1]; i++)
        {
            new Span<nint>(references, lanes).Fill(Reference(_entries.Entries[i]));
            TLanes.Load(references, out var x, out var y);
            TLanes.Scatter(x, xs);
            TLanes.Scatter(y, ys);
            sum = sum.PlusAffine(xs[0], ys[0]);
        }

        if (sum.IsInfinity()) return false;

        var affine = sum.ToAffine();
        xs.Fill(affine.X);
        ys.Fill(affine.Y);
        var group = stackalloc byte[lanes * TLanes.Size];
        TLanes.Store(group, TLanes.Gather(xs), TLanes.Gather(ys));
        Buffer.MemoryCopy(group, record, TLanes.Size, TLanes.Size);
        return true;
    }
}
