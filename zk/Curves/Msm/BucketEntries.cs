using System.Numerics;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>
/// The points of a sum, sorted by the bucket that their digits send them to. Serves one sum after another.
/// </summary>
sealed class BucketEntries
{
    readonly int _bits;
    readonly int _windows;
    readonly int _perSet;
    readonly bool _tables;
    readonly int _rowLength;
    readonly short[] _digits;
    readonly int[] _entries;

    /// <param name="points">How many points there are.</param>
    /// <param name="bits">Of a digit.</param>
    /// <param name="tables">Whether row w of the records holds the points 2^(bits·w) times.</param>
    /// <param name="rowLength">Records of a row.</param>
    public BucketEntries(int points, int bits, bool tables, int rowLength)
    {
        (_bits, _tables, _rowLength) = (bits, tables, rowLength);
        _windows = Digits.Count(bits);
        _perSet = 1 << (bits - 1);
        _digits = new short[points * _windows];
        _entries = new int[points * _windows];
        Starts = new int[(tables ? _perSet : _windows * _perSet) + 1];
    }

    /// <summary>Entries of bucket b stand at Starts[b] … Starts[b + 1] − 1.</summary>
    public int[] Starts { get; }

    /// <summary>Twice the index of a record, plus one where it is subtracted.</summary>
    public ReadOnlySpan<int> Entries => _entries;

    /// <summary>
    /// Digit d of window w of a scalar goes to bucket |d| − 1, of the set of its window or, with tables, of the only
    /// one; with tables the record is that of row w. Point i has the scalar whose index is own[i].
    /// </summary>
    public void Sort(ReadOnlySpan<Limbs> scalars, ReadOnlySpan<int> own)
    {
        Array.Clear(Starts);
        Span<int> digits = stackalloc int[_windows];
        var at = 0;
        foreach (var index in own)
        {
            Digits.Write(scalars[index], _bits, digits);
            for (var w = 0; w < digits.Length; w++)
            {
                var digit = digits[w];
                _digits[at++] = (short)digit;
                if (digit != 0) Starts[Math.Abs(digit) - 1 + FirstBucket(w)]++;
            }
        }

        var total = 0;
        for (var bucket = 0; bucket < Starts.Length; bucket++)
        {
            (Starts[bucket], total) = (total, total + Starts[bucket]);
        }

        at = 0;
        for (var i = 0; i < own.Length; i++)
        {
            for (var w = 0; w < _windows; w++)
            {
                int digit = _digits[at++];
                if (digit == 0) continue;

                var record = _tables ? (w * _rowLength) + i : i;
                _entries[Starts[Math.Abs(digit) - 1 + FirstBucket(w)]++] = (record << 1) | (digit >>> 31);
            }
        }

        // Each start has moved to its end, which is the start of the next.
        Array.Copy(Starts, 0, Starts, 1, Starts.Length - 1);
        Starts[0] = 0;
    }

    /// <summary>Digits are scalars in another form, and so are the places of entries.</summary>
    public void Wipe()
    {
        Array.Clear(_digits);
        Array.Clear(_entries);
        Array.Clear(Starts);
    }

    /// <summary>The width of digits that costs the fewest additions for that many points.</summary>
    public static int BestBits(int points, bool tables)
    {
        // Measured: see bench zk. A table has one set of buckets for all windows, so that it can be larger.
        var log = BitOperations.Log2((uint)Math.Max(points, 1));
        return tables ? Math.Clamp(log, 6, 14) : Math.Clamp(log < 12 ? log - 3 : log - 4, 5, 13);
    }

    int FirstBucket(int window) => _tables ? 0 : window * _perSet;
}
