namespace PoA.Nostr.Devnet.Relay;

/// <summary>A filter in the words of the index: sets of keys, sorted, and numbers.</summary>
sealed class Query
{
    /// <summary>Null for no condition.</summary>
    public UInt128[]? Ids { get; private init; }

    public ulong[]? Authors { get; private init; }

    public int[]? Kinds { get; private init; }

    /// <summary>Each tag that is asked for: one of the values is enough.</summary>
    public ulong[][] Tags { get; private init; } = [];

    public uint Since { get; private init; }

    public uint Until { get; private init; } = uint.MaxValue;

    public int Limit { get; private init; }

    /// <summary>A filter without a limit gets the default one; a larger one is clamped to the maximum.</summary>
    public static Query From(Filter filter, int limitDefault, int limitMax) => new()
    {
        Ids = filter.Ids is null ? null : Sorted(filter.Ids.Select(id => IncomingEvent.IdOf(id))),
        Authors = filter.Authors is null ? null : Sorted(filter.Authors.Select(KeyHash.Author)),
        Kinds = filter.Kinds is null ? null : Sorted(filter.Kinds),
        Tags = filter.Tags is null ? [] : [.. filter.Tags.Select(
            tag => Sorted(tag.Value.Select(value => KeyHash.Tag(tag.Key, value))))],
        Since = IncomingEvent.Seconds(filter.Since ?? 0),
        Until = IncomingEvent.Seconds(filter.Until ?? uint.MaxValue),
        Limit = Math.Clamp(filter.Limit ?? limitDefault, 0, limitMax),
    };

    /// <summary>Every condition but the limit. The keys are those of the row, its author first.</summary>
    public bool Matches(in EventRow row, ReadOnlySpan<ulong> keys)
    {
        if (row.CreatedAt < Since || row.CreatedAt > Until) return false;
        if (Kinds is not null && Array.BinarySearch(Kinds, row.Kind) < 0) return false;
        if (Authors is not null && Array.BinarySearch(Authors, keys[0]) < 0) return false;
        if (Ids is not null && Array.BinarySearch(Ids, row.Id) < 0) return false;
        foreach (var wanted in Tags)
        {
            if (!AnyOf(keys[1..], wanted)) return false;
        }

        return true;
    }

    static bool AnyOf(ReadOnlySpan<ulong> keys, ulong[] wanted)
    {
        if (wanted.Length == 1) return keys.Contains(wanted[0]);
        foreach (var key in keys)
        {
            if (Array.BinarySearch(wanted, key) >= 0) return true;
        }

        return false;
    }

    static T[] Sorted<T>(IEnumerable<T> values)
    {
        T[] sorted = [.. values.Distinct()];
        Array.Sort(sorted);
        return sorted;
    }
}
