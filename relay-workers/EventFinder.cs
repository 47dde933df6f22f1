using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>Looks events up on many relays at the same time, while a job waits.</summary>
sealed class EventFinder(RelayPool pool, RelayDirectory directory, TimeProvider clock) : IEventFinder
{
    const int FoundMax = 500;

    public async Task<IReadOnlyList<NostrEvent>> FindAsync(
        Filter filter, string role, IReadOnlyList<string> relays, TimeSpan timeout, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        var most = Math.Min(filter.Limit ?? FoundMax, FoundMax);
        var found = new Found(filter with { Limit = most }, most);
        var links = directory.For(role).Select(pool.Ours)
            .Concat(Outbox.Vetted(relays).Select(pool.Stranger).OfType<RelayLink>())
            .DistinctBy(link => link.Url);
        await Task.WhenAll(links.Select(link => AskAsync(link, found, either.Token)));
        ct.ThrowIfCancellationRequested();
        return found.Newest();
    }

    static async Task AskAsync(RelayLink link, Found found, CancellationToken ct)
    {
        try
        {
            await link.AskAsync([found.Filter], found.TakeAsync, ct);
        }
        catch (OperationCanceledException)
        {
            // The time is up: what has come, has come.
        }
    }

    /// <summary>What several relays bring at once. Each may send what it likes: only valid matches are kept.</summary>
    sealed class Found(Filter filter, int most)
    {
        /// <summary>A relay that sends more than it was asked for is not read on.</summary>
        const int KeptMax = 5_000;

        readonly Dictionary<string, NostrEvent> _byId = new(StringComparer.Ordinal);

        public Filter Filter => filter;

        public ValueTask TakeAsync(NostrEvent received)
        {
            if (!filter.Matches(received)) return ValueTask.CompletedTask;
            lock (_byId)
            {
                if (_byId.Count >= KeptMax || _byId.ContainsKey(received.Id)) return ValueTask.CompletedTask;
            }

            if (VerifiedEvent.TryVerify(received, out _) is null) return ValueTask.CompletedTask;
            lock (_byId) _byId[received.Id] = received;
            return ValueTask.CompletedTask;
        }

        public IReadOnlyList<NostrEvent> Newest()
        {
            lock (_byId)
            {
                return
                [
                    .. _byId.Values.OrderByDescending(found => found.CreatedAt)
                        .ThenBy(found => found.Id, StringComparer.Ordinal).Take(most),
                ];
            }
        }
    }
}
