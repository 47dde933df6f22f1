using System.Numerics;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>The points of a sum, sorted by the bucket that their digits send them to.</summary>
readonly struct BucketEntries
{
    /// <summary>Entries of bucket b stand at Starts[b] … Starts[b + 1] − 1.</summary>
    public int[] Starts { get; private init; }

    /// <summary>Twice the index of a record, plus one where it is subtracted.</summary>
    public int[] Entries { get; private init; }

    /// <summary>
    /// Digit d of window w of a scalar goes to bucket |d| − 1, of the set of its window or, with tables, of the only
    /// one; with tables the record is that of row w. Point i has the scalar whose index is own[i].
    /// </summary>
    public static BucketEntries Sort(
        ReadOnlySpan<Limbs> scalars, ReadOnlySpan<int> own, int bits, bool tables, int rowLength)
    {
        var windows = Digits.Count(bits);
        var perSet = 1 << (bits - 1);
        var digits = new short[own.Length * windows];
        var starts = new int[(tables ? perSet : windows * perSet) + 1];
        Span<int> digit = stackalloc int[windows];
        for (var i = 0; i < own.Length; i++)
        {
            Digits.Write(scalars[own[i]], bits, digit);
            for (var w = 0; w < windows; w++)
            {
                digits[(i * windows) + w] = (short)digit[w];
                if (digit[w] != 0) starts[Bucket(digit[w], w)]++;
            }
        }

        var total = 0;
        for (var bucket = 0; bucket < starts.Length; bucket++)
        {
            (starts[bucket], total) = (total, total + starts[bucket]);
        }

        var entries = new int[total];
        for (var at = 0; at < digits.Length; at++)
        {
            if (digits[at] == 0) continue;

            var (i, w) = Math.DivRem(at, windows);
            var record = tables ? (w * rowLength) + i : i;
            entries[starts[Bucket(digits[at], w)]++] = (record << 1) | (digits[at] < 0 ? 1 : 0);
        }

        // Each start has moved to its end, which is the start of the next.
        Array.Copy(starts, 0, starts, 1, starts.Length - 1);
        starts[0] = 0;
        return new() { Starts = starts, Entries = entries };

        int Bucket(int digit, int window) => Math.Abs(digit) - 1 + (tables ? 0 : window * perSet);
    }

    /// <summary>The width of digits that costs the fewest additions for that many points.</summary>
    public static int BestBits(int points, bool tables)
    {
        // Measured: see bench zk. A table has one set of buckets for all windows, so that it can be larger.
        var log = BitOperations.Log2((uint)Math.Max(points, 1));
        return tables ? Math.Clamp(log, 6, 13) : Math.Clamp(log < 12 ? log - 3 : log - 4, 5, 13);
    }
}
