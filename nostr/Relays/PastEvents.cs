namespace PoA.Nostr.Relays;

/// <summary>
/// Reads everything that a relay keeps under a filter, page by page backwards, although relays cut answers short
/// without a word and order events of one second as they like.
/// </summary>
/// <param name="askAsync">Asks one question and tallies the valid events that came.</param>
/// <param name="maxLimit">What the relay's NIP-11 document says it returns at most.</param>
public sealed class PastEvents(Func<Filter, CancellationToken, Task<PageTally>> askAsync, long? maxLimit)
{
    /// <summary>A relay that never comes to an end is left after this many questions.</summary>
    public const int QuestionsMax = 5_000;

    int _questions;
    int _largest;

    /// <summary>
    /// True when everything from the given second on has come. False when the relay did not finish an answer, or
    /// holds more events in one second than it gives under any split of the filter.
    /// </summary>
    public async Task<bool> ReadAsync(Filter filter, long since, CancellationToken ct)
    {
        var whole = true;
        long? until = null;
        HashSet<UInt128> known = [];
        while (true)
        {
            var page = await AskAsync(filter with { Since = since, Until = until, Limit = null }, ct);
            if (page is null) return false;
            if (page.Count == 0) return whole;

            if (page.Oldest < until || until is null)
            {
                until = page.Oldest;
                known = page.IdsAtOldest;
                continue;
            }

            // The whole page lies in the second that was asked for last.
            if (page.IdsAtOldest.Any(known.Add)) continue;

            if (LooksCut(page.Count)) whole &= await SplitAsync(filter, until.Value, ct);
            if (until <= since) return whole;
            until--;
            known = [];
        }
    }

    /// <summary>The limit of the relay, a round number, or as many as it ever gave: there may be more.</summary>
    internal bool LooksCut(int count) =>
        count == maxLimit || count % 100 == 0 || (count >= 10 && count == _largest);

    /// <summary>One second holds more than one answer: asks for its parts.</summary>
    async Task<bool> SplitAsync(Filter filter, long second, CancellationToken ct)
    {
        var parts = Parts(filter);
        if (parts.Count < 2) return false;

        var whole = true;
        foreach (var part in parts)
        {
            var page = await AskAsync(part with { Since = second, Until = second, Limit = null }, ct);
            if (page is null) return false;
            if (page.Count > 0 && LooksCut(page.Count)) whole &= await SplitAsync(part, second, ct);
        }

        return whole;
    }

    async Task<PageTally?> AskAsync(Filter filter, CancellationToken ct)
    {
        if (++_questions > QuestionsMax) return null;
        var page = await askAsync(filter, ct);
        _largest = Math.Max(_largest, page.Count);
        return page.Complete ? page : null;
    }

    /// <summary>
    /// The filter by kinds, then by the values of a tag, then by authors; itself when nothing splits.
    /// </summary>
    internal static IReadOnlyList<Filter> Parts(Filter filter)
    {
        if (filter.Kinds is { Count: > 1 }) return [.. filter.Kinds.Select(kind => filter with { Kinds = [kind] })];
        if (filter.Tags?.FirstOrDefault(tag => tag.Value.Count > 1) is { Value: { } values, Key: var name })
        {
            return [.. values.Select(value => filter with
            {
                Tags = new Dictionary<char, IReadOnlyList<string>>(filter.Tags) { [name] = [value] },
            })];
        }

        return filter.Authors is { Count: > 1 }
            ? [.. filter.Authors.Select(author => filter with { Authors = [author] })]
            : [filter];
    }
}

/// <summary>What one answer held: enough to ask for the next one, however long it was.</summary>
public sealed class PageTally
{
    public int Count { get; private set; }

    public long Oldest { get; private set; } = long.MaxValue;

    /// <summary>Those of the oldest second only: all others are told apart by their time.</summary>
    public HashSet<UInt128> IdsAtOldest { get; private set; } = [];

    /// <summary>The relay said EOSE. Without it nothing is known about what did not come.</summary>
    public bool Complete { get; set; }

    public void Add(NostrEvent valid)
    {
        Count++;
        if (valid.CreatedAt > Oldest) return;
        if (valid.CreatedAt < Oldest)
        {
            Oldest = valid.CreatedAt;
            IdsAtOldest.Clear();
        }

        IdsAtOldest.Add(SeenIds.Key(valid.Id));
    }
}
