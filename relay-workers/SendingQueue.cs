using System.Collections.Concurrent;
using System.Threading.Channels;

namespace PoA.Nostr.RelayWorkers;

/// <summary>An event on its way to relays.</summary>
/// <param name="Event">Signed.</param>
/// <param name="Role">Which relays of ours carry it.</param>
/// <param name="Relays">Further ones, of the receiver's choosing.</param>
/// <param name="Accepted">Those that have it already.</param>
/// <param name="Attempts">How often it was tried before.</param>
sealed record Sending(
    NostrEvent Event, string Role, IReadOnlyList<string> Relays, IReadOnlyList<string> Accepted, int Attempts)
{
    /// <summary>When it was added; now, for one that was just added.</summary>
    public DateTimeOffset? AddedAt { get; init; }
}

/// <summary>
/// Events that this process is sending, or is about to. Bounded: what does not fit stays in the database, where the
/// sender finds it when there is room.
/// </summary>
sealed class SendingQueue
{
    const int WaitingMax = 8_192;

    readonly Channel<Sending> _waiting = Channel.CreateBounded<Sending>(WaitingMax);
    readonly ConcurrentDictionary<string, bool> _held = new(StringComparer.Ordinal);

    public ChannelReader<Sending> Waiting => _waiting.Reader;

    public bool HasRoom => _waiting.Reader.Count < WaitingMax / 2;

    /// <summary>Ids of all that is held, for renewing their leases.</summary>
    public string[] Held => [.. _held.Keys];

    public void Offer(Sending sending)
    {
        if (!_held.TryAdd(sending.Event.Id, true)) return;
        if (!_waiting.Writer.TryWrite(sending)) _held.TryRemove(sending.Event.Id, out _);
    }

    public void Leave(string id) => _held.TryRemove(id, out _);
}
