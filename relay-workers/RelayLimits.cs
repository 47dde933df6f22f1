using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>The limits of the relays that the pool is connected with.</summary>
sealed class RelayLimits(RelayPool pool) : IRelayLimits
{
    public RelayLimitation? Of(string relay) =>
        (pool.Find(relay) ?? (RelayUrl.TryNormalise(relay) is { } url ? pool.Find(url) : null))?.Information.Limitation;
}
