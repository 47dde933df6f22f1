namespace PoA.Nostr;

/// <summary>
/// Deletion requests (NIP-09): kind 5 with <c>e</c> and <c>a</c> tags, obeyed for the author's own events only. An
/// address goes up to the request's own time; a deletion request itself cannot be deleted.
/// </summary>
public static class Nip09Words
{
    public const int Kind = 5;

    /// <summary>Whether the request asks to delete this event, and may.</summary>
    public static bool Deletes(NostrEvent request, NostrEvent target)
    {
        if (request.Kind != Kind || target.Kind == Kind || request.Pubkey != target.Pubkey) return false;
        if (Ids(request).Contains(target.Id)) return true;

        return AddressOf(target) is { } address && target.CreatedAt <= request.CreatedAt
            && Addresses(request).Contains(address);
    }

    /// <summary>The ids it names; whose they are is not known here.</summary>
    public static IEnumerable<string> Ids(NostrEvent request) =>
        request.TagsNamed("e").Select(tag => tag[1]).Where(Hex.Is32);

    /// <summary>The addresses it names, its author's own only.</summary>
    public static IEnumerable<string> Addresses(NostrEvent request) =>
        request.TagsNamed("a").Select(tag => tag[1])
            .Where(address => address.Split(':', 3) is [_, var author, _] && author == request.Pubkey);

    public static EventTemplate Request(IEnumerable<NostrEvent> targets, string reason, long createdAt)
    {
        var all = targets.ToList();
        return new(
            Kind, createdAt,
            [
                .. all.Select(target => AddressOf(target) is { } address ? ["a", address] : new[] { "e", target.Id }),
                .. all.Select(target => target.Kind).Distinct().Select(kind => new[] { "k", $"{kind}" }),
            ],
            reason);
    }

    /// <summary><c>kind:pubkey:d</c> of a replaceable or addressable event (NIP-01), or null.</summary>
    public static string? AddressOf(NostrEvent value) =>
        EventKinds.IsAddressable(value.Kind) ? $"{value.Kind}:{value.Pubkey}:{value.Tag("d")}" :
        EventKinds.IsReplaceable(value.Kind) ? $"{value.Kind}:{value.Pubkey}:" :
        null;
}
