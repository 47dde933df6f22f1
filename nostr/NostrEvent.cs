namespace PoA.Nostr;

/// <summary>An event as it travels (NIP-01). Nobody has checked it yet: see <see cref="VerifiedEvent"/>.</summary>
/// <param name="Id">64 lower-case hex digits: SHA-256 of the canonical form.</param>
/// <param name="Pubkey">64 lower-case hex digits: the x-only key of the author.</param>
/// <param name="CreatedAt">Unix seconds, as the author says.</param>
/// <param name="Kind">0 to 65535.</param>
/// <param name="Tags">Each tag is its name and its values; a tag may be empty.</param>
/// <param name="Content">Any text.</param>
/// <param name="Sig">128 lower-case hex digits: BIP-340 over the id.</param>
public sealed record NostrEvent(
    string Id, string Pubkey, long CreatedAt, int Kind, string[][] Tags, string Content, string Sig)
{
    /// <summary>The first value of the first tag with this name, or null.</summary>
    public string? Tag(string name)
    {
        foreach (var tag in Tags)
        {
            if (tag.Length > 1 && tag[0] == name) return tag[1];
        }

        return null;
    }

    /// <summary>All tags with this name that have a value.</summary>
    public IEnumerable<string[]> TagsNamed(string name) => Tags.Where(tag => tag.Length > 1 && tag[0] == name);

    /// <summary>Whether a tag with this name is there, with a value or without.</summary>
    public bool HasTag(string name) => Tags.Any(tag => tag.Length > 0 && tag[0] == name);
}

/// <summary>An event before its author signs it: what to say, and when.</summary>
public sealed record EventTemplate(int Kind, long CreatedAt, string[][] Tags, string Content);
