namespace PoA.Nostr.Devnet.Relay;

/// <summary>The one message that is not written from a record: an event that is JSON already.</summary>
static class RelayFrames
{
    /// <summary><c>["EVENT","…",</c>: the event follows, and a bracket closes it.</summary>
    public static byte[] EventHead(string subscription) => RelayMessages.WriteEvent(subscription, [])[..^1];
}
