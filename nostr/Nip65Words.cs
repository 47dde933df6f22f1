namespace PoA.Nostr;

/// <summary>Relay lists (NIP-65): kind 10002, an <c>r</c> tag a relay, read and write unless marked.</summary>
public static class Nip65Words
{
    public const int Kind = 10_002;

    /// <summary>Where its owner is written to.</summary>
    public static IReadOnlyList<string> Read(NostrEvent list) => Marked(list, "read");

    /// <summary>Where its owner writes.</summary>
    public static IReadOnlyList<string> Write(NostrEvent list) => Marked(list, "write");

    public static EventTemplate List(IEnumerable<string> relays, long createdAt) =>
        new(Kind, createdAt, [.. relays.Select(relay => new[] { "r", relay })], "");

    /// <summary>A relay's address in one spelling, or null when it is none: ws or wss, no fragment, no user.</summary>
    public static string? Normal(string? address)
    {
        if (!Uri.TryCreate(address?.Trim(), UriKind.Absolute, out var uri)) return null;
        if (uri.Scheme is not ("ws" or "wss") || uri.UserInfo.Length > 0 || uri.IdnHost.Length == 0) return null;

        return uri.GetLeftPart(UriPartial.Query).TrimEnd('/');
    }

    static List<string> Marked(NostrEvent list, string marker) =>
        list.TagsNamed("r").Where(tag => tag.Length < 3 || tag[2] == "" || tag[2] == marker)
            .Select(tag => Normal(tag[1])).OfType<string>().Distinct().ToList();
}
