using System.Data.Common;

namespace PoA.Nostr;

/// <summary>
/// Publishing that joins the caller's transaction: the event leaves if, and only if, the change is kept.
/// </summary>
public interface IOutbox
{
    /// <summary>
    /// Keeps signed events until at least one relay each said OK. An empty relay list means the relays of ours with
    /// the entry's role; others are added to those. Adding the same event id twice sends it once.
    /// </summary>
    Task AddAsync(DbTransaction tx, IReadOnlyList<OutboxEntry> entries, CancellationToken ct);
}

/// <param name="Event">Signed.</param>
/// <param name="Relays">Relay URLs of the receiver's choosing: strangers' URLs, vetted before they are dialled.</param>
/// <param name="Role">Which relays of ours carry it too: "jobs", "announce", "anchors", "outbox", "zapstore".</param>
public sealed record OutboxEntry(NostrEvent Event, IReadOnlyList<string> Relays, string Role);
