namespace PoA.Nostr.Relays;

/// <summary>The machine-readable word with which a relay explains an OK or a CLOSED (NIP-01, NIP-42).</summary>
public enum RelayWord
{
    /// <summary>Free text without a word that we know.</summary>
    None,
    Duplicate,
    Pow,
    Blocked,
    RateLimited,
    Invalid,
    Restricted,
    Mute,
    Error,
    AuthRequired,
    Unsupported,
}

/// <summary>A relay's explanation: its word, and the whole text for people.</summary>
public readonly record struct RelayReason(RelayWord Word, string Text)
{
    const int TextMax = 300;

    static readonly (string Prefix, RelayWord Word)[] Words =
    [
        ("duplicate:", RelayWord.Duplicate),
        ("pow:", RelayWord.Pow),
        ("blocked:", RelayWord.Blocked),
        ("rate-limited:", RelayWord.RateLimited),
        ("invalid:", RelayWord.Invalid),
        ("restricted:", RelayWord.Restricted),
        ("mute:", RelayWord.Mute),
        ("auth-required:", RelayWord.AuthRequired),
        ("unsupported:", RelayWord.Unsupported),
        ("bad req", RelayWord.Invalid),
        ("error:", RelayWord.Error),
    ];

    /// <summary>
    /// Reads the word. strfry writes <c>ERROR: auth-required: …</c>, so an error that is followed by a word of its
    /// own means that word.
    /// </summary>
    public static RelayReason Parse(string message)
    {
        var text = message.Length > TextMax ? message[..TextMax] : message;
        var rest = text.AsSpan().TrimStart();
        if (rest.StartsWith("error:", StringComparison.OrdinalIgnoreCase))
        {
            var inner = WordOf(rest["error:".Length..].TrimStart());
            return new(inner == RelayWord.None ? RelayWord.Error : inner, text);
        }

        return new(WordOf(rest), text);
    }

    static RelayWord WordOf(ReadOnlySpan<char> text)
    {
        foreach (var (prefix, word) in Words)
        {
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return word;
        }

        return RelayWord.None;
    }
}
