namespace PoA.Nostr;

/// <summary>The seam for looking events up on relays while a job runs.</summary>
public interface IEventFinder
{
    /// <summary>
    /// Asks relays of ours with the role, and the named ones (strangers' URLs, vetted), until all answered or the
    /// time is up. Verified, without duplicates, newest first, at most the filter's limit (or 500). Never throws for
    /// a relay's fault: what is not found in time is not found.
    /// </summary>
    Task<IReadOnlyList<NostrEvent>> FindAsync(
        Filter filter, string role, IReadOnlyList<string> relays, TimeSpan timeout, CancellationToken ct);
}
