namespace PoA.Nostr;

/// <summary>The seam to what relays say of themselves (NIP-11).</summary>
public interface IRelayLimits
{
    /// <summary>What this relay said when we last met it; null for one that we have not met.</summary>
    RelayLimitation? Of(string relay);
}
