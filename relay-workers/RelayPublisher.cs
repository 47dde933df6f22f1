using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>Knows where an event goes: the relays of ours with its role, and those that its receiver named.</summary>
sealed class RelayPublisher(RelayPool pool, RelayDirectory directory)
{
    /// <summary>One answer a relay that does not have it yet.</summary>
    public List<Task<RelayAnswer>> Publish(Sending sending, CancellationToken ct)
    {
        var ours = directory.For(sending.Role);
        foreach (var relay in ours) pool.Ours(relay);
        return [.. pool.Publish(sending.Event, ours.Union(sending.Relays).Except(sending.Accepted), ct)];
    }
}
