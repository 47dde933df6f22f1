namespace PoA.Nostr.Relays;

/// <summary>
/// What a connection hands to whoever asked under a subscription id. It is called by the reader of the socket, one
/// call at a time: a slow taker of events slows the socket down, which is meant.
/// </summary>
interface IRelayInbound
{
    /// <summary>Not verified, and not known to match.</summary>
    ValueTask EventAsync(NostrEvent received);

    void Eose();

    /// <summary>CLOSED, or NEG-ERR: nothing more will come under this id.</summary>
    void Closed(RelayReason reason);

    /// <summary>A NEG-MSG.</summary>
    void Reconciled(byte[] message);

    /// <summary>The connection is gone.</summary>
    void Lost();
}
