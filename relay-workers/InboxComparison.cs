using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// Compares what a relay keeps under a filter with the inbox (NIP-77) and asks for what is missing, however old it
/// says it is. Where the relay finds it too much, the time is halved.
/// </summary>
/// <param name="link">Which relay.</param>
/// <param name="writer">Knows the inbox.</param>
/// <param name="takeAsync">Takes what came; it is neither verified nor known to match.</param>
/// <param name="passed">Ids that were looked at and are not for us: they are not asked for again.</param>
sealed class InboxComparison(
    RelayLink link, InboxWriter writer, Func<NostrEvent, ValueTask> takeAsync, SeenIds passed)
{
    const int IdsAtOnce = 200;
    const int KnownMax = 250_000;
    const int ComparisonsMax = 128;

    int _comparisons;

    /// <summary>Done when everything that the relay keeps since then has been handed over.</summary>
    public async Task<ReconciliationEnd> RunAsync(Filter filter, long since, long until, CancellationToken ct)
    {
        if (++_comparisons > ComparisonsMax) return ReconciliationEnd.Failed;

        var known = await writer.KnownAsync(filter.Kinds!, since, until, KnownMax + 1, ct);
        if (known.Count <= KnownMax)
        {
            var asked = filter with { Since = since, Until = until == long.MaxValue ? null : until, Limit = null };
            var (end, need) = await link.ReconcileAsync(asked, new(known), ct);
            if (end == ReconciliationEnd.Done) return await FetchAsync([.. need], ct);
            if (end != ReconciliationEnd.TooMany) return end;
        }

        return await HalvesAsync(filter, since, until, ct);
    }

    /// <summary>The later half first. What has no end is first cut off at the hour's end from now.</summary>
    async Task<ReconciliationEnd> HalvesAsync(Filter filter, long since, long until, CancellationToken ct)
    {
        var last = until == long.MaxValue ? link.Now + 3_600 : until;
        if (last <= since) return ReconciliationEnd.Failed;

        var middle = since + ((last - since) / 2);
        var later = await RunAsync(filter, middle + 1, until, ct);
        return later == ReconciliationEnd.Done ? await RunAsync(filter, since, middle, ct) : later;
    }

    /// <summary>A relay may answer with less than was asked for; asked again, it has to get on.</summary>
    async Task<ReconciliationEnd> FetchAsync(List<string> ids, CancellationToken ct)
    {
        ids.RemoveAll(passed.Contains);
        foreach (var chunk in ids.Chunk(IdsAtOnce))
        {
            HashSet<string> missing = new(chunk, StringComparer.Ordinal);
            while (missing.Count > 0)
            {
                var before = missing.Count;
                var (end, _) = await link.AskAsync(
                    [new() { Ids = [.. missing] }],
                    received => missing.Remove(received.Id) ? takeAsync(received) : ValueTask.CompletedTask,
                    ct);
                if (end != AnswerEnd.Eose || missing.Count == before) return ReconciliationEnd.Failed;
            }
        }

        return ReconciliationEnd.Done;
    }
}
