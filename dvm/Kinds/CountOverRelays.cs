using System.Globalization;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// Counts over relays by fetching what matches, page by page back in time, and telling each event once: a relay's own
/// COUNT (NIP-45) knows nothing of what another holds.
/// </summary>
public sealed class CountOverRelays(IEventFinder finder)
{
    const int PageSize = 500;
    const int EventsMax = 10_000;
    static readonly TimeSpan PageTime = TimeSpan.FromSeconds(5);

    /// <summary>Events dated up to <paramref name="until"/> that any of the relays holds. Tells its progress.</summary>
    public async Task<long> CountAsync(
        IReadOnlyList<Filter> filters, IReadOnlyList<string> relays, long until, Func<string, Task> partial,
        CancellationToken ct)
    {
        HashSet<string> seen = [];
        foreach (var relay in relays)
        {
            foreach (var filter in filters) await PageAsync(filter, relay, until, seen, ct);
            if (relays.Count > 1) await partial(seen.Count.ToString(CultureInfo.InvariantCulture));
        }

        return seen.Count;
    }

    async Task PageAsync(Filter filter, string relay, long until, HashSet<string> seen, CancellationToken ct)
    {
        var from = Math.Min(filter.Until ?? until, until);
        while (true)
        {
            var page = await finder.FindAsync(
                filter with { Until = from, Limit = PageSize }, "", [relay], PageTime, ct);
            var before = seen.Count;
            seen.UnionWith(page.Select(e => e.Id));
            if (seen.Count > EventsMax) throw new ProblemException(KindsProblems.TooManyEvents);
            if (page.Count < PageSize) return;

            // A second that holds more than a page cannot be paged through.
            var oldest = page.Min(e => e.CreatedAt);
            if (oldest == from && seen.Count == before) throw new ProblemException(KindsProblems.TooManyEvents);
            from = oldest;
        }
    }
}
