namespace PoA.Nostr;

/// <summary>What a subscription asks for (NIP-01). Null means no condition; an empty list matches nothing.</summary>
public sealed record Filter
{
    public IReadOnlyList<string>? Ids { get; init; }
    public IReadOnlyList<string>? Authors { get; init; }
    public IReadOnlyList<int>? Kinds { get; init; }

    /// <summary>By the tag's single letter: <c>#e</c> is 'e'.</summary>
    public IReadOnlyDictionary<char, IReadOnlyList<string>>? Tags { get; init; }

    public long? Since { get; init; }
    public long? Until { get; init; }
    public int? Limit { get; init; }

    /// <summary>Whether an event meets every condition but the limit. Both bounds of time are inclusive.</summary>
    public bool Matches(NostrEvent e) =>
        (Ids is null || Ids.Contains(e.Id))
        && (Kinds is null || Kinds.Contains(e.Kind))
        && (Authors is null || Authors.Contains(e.Pubkey))
        && (Since is null || e.CreatedAt >= Since)
        && (Until is null || e.CreatedAt <= Until)
        && (Tags is null || Tags.All(wanted => HasAny(e, wanted.Key, wanted.Value)));

    static bool HasAny(NostrEvent e, char name, IReadOnlyList<string> wanted)
    {
        foreach (var tag in e.Tags)
        {
            if (tag.Length > 1 && tag[0].Length == 1 && tag[0][0] == name && wanted.Contains(tag[1])) return true;
        }

        // A replaceable or addressable event without a d tag has the empty one.
        return name == 'd' && wanted.Contains("")
            && (EventKinds.IsReplaceable(e.Kind) || EventKinds.IsAddressable(e.Kind))
            && e.Tag("d") is null;
    }
}
