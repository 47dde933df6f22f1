using System.Globalization;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>One thing that a kind 5 names (NIP-09): an event by id, or an address of the author's own.</summary>
/// <param name="Id">The event, or null when it is an address.</param>
/// <param name="Address">Where the event lives, or 0 when it is an id.</param>
/// <param name="Tombstone">The key under which a later submission finds the deletion.</param>
readonly record struct DeletionTarget(UInt128? Id, ulong Address, ulong Tombstone);

/// <summary>Reads the tags of a kind 5, and says which key a deletion of something would stand under.</summary>
static class DeletionTargets
{
    public static IEnumerable<DeletionTarget> Of(NostrEvent deletion, ulong author)
    {
        foreach (var tag in deletion.Tags)
        {
            if (tag is ["e", var id, ..] && Hex.Is32(id))
            {
                var half = IncomingEvent.IdOf(id);
                yield return new(half, 0, OfEvent(author, half));
            }
            else if (tag is ["a", var address, ..] && AddressOf(address, deletion.Pubkey, author) is { } key)
            {
                yield return new(null, key, OfAddress(author, key));
            }
        }
    }

    /// <summary>Where the author's deletion of this event stands.</summary>
    public static ulong OfEvent(ulong author, UInt128 id) =>
        KeyHash.Pair(author, KeyHash.Pair((ulong)(id >> 64), unchecked((ulong)id)));

    /// <summary>Where the author's deletion of this address stands.</summary>
    public static ulong OfAddress(ulong author, ulong address) => KeyHash.Pair(author, address);

    /// <summary><c>kind:pubkey:d</c>, null when it is malformed or somebody else's.</summary>
    static ulong? AddressOf(string address, string pubkey, ulong author)
    {
        var parts = address.Split(':', 3);
        if (parts is not [var number, var owner, var d] || owner != pubkey) return null;
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kind)) return null;
        if (EventKinds.IsReplaceable(kind)) return KeyHash.Address(author, kind, "");
        return EventKinds.IsAddressable(kind) ? KeyHash.Address(author, kind, d) : null;
    }
}
