using System.Globalization;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>An event on its way into the store, with everything worked out that needs no lock.</summary>
sealed record IncomingEvent(
    NostrEvent Event, byte[] Json, UInt128 Id, uint CreatedAt, uint Expires, ulong Author, ulong Address, ulong[] Keys)
{
    /// <summary>NIP-59: a wrapped message, which its receiver may delete as well.</summary>
    public const int GiftWrap = 1059;

    /// <summary>NIP-09.</summary>
    public const int Deletion = 5;

    public int Kind => Event.Kind;

    /// <summary>Takes the event and what will be served: one object, written by <see cref="EventJson"/>.</summary>
    public static IncomingEvent From(NostrEvent e, byte[] json)
    {
        var author = KeyHash.Author(e.Pubkey);
        var single = EventKinds.IsReplaceable(e.Kind) || EventKinds.IsAddressable(e.Kind);
        var d = EventKinds.IsAddressable(e.Kind) ? e.Tag("d") ?? "" : "";
        var address = single ? KeyHash.Address(author, e.Kind, d) : 0;
        return new(
            e, json, IdOf(e.Id), Seconds(e.CreatedAt), Expiry(e), author, address,
            KeysOf(e, author, address, withEmptyD: single && e.Tag("d") is null));
    }

    /// <summary>The first half of a 64-digit id. It sorts as the id does.</summary>
    public static UInt128 IdOf(ReadOnlySpan<char> id) =>
        UInt128.Parse(id[..32], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public static uint Seconds(long time) => (uint)Math.Clamp(time, 0, uint.MaxValue);

    /// <summary>The row that it would have: what live filters are matched with.</summary>
    public EventRow Row(Stored at, int keys) =>
        new(at, Id, CreatedAt, Expires, keys, (ushort)Keys.Length, (ushort)Kind);

    static uint Expiry(NostrEvent e) =>
        long.TryParse(e.Tag("expiration"), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? Math.Max(1, Seconds(at))
            : 0;

    /// <summary>The author, then the tags of one letter; then the address, or what a deletion forbids.</summary>
    static ulong[] KeysOf(NostrEvent e, ulong author, ulong address, bool withEmptyD)
    {
        List<ulong> keys = [author];
        foreach (var tag in e.Tags)
        {
            if (tag is not [[var name], var value, ..] || !char.IsAsciiLetter(name)) continue;
            var key = KeyHash.Tag(name, value);
            if (!keys.Contains(key)) keys.Add(key);
        }

        if (withEmptyD) keys.Add(KeyHash.Tag('d', ""));
        if (address != 0) keys.Add(address);
        if (e.Kind == Deletion) keys.AddRange(DeletionTargets.Of(e, author).Select(target => target.Tombstone));
        return [.. keys];
    }
}
