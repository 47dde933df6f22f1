namespace PoA.Nostr;

/// <summary>Protected events (NIP-70): the tag <c>["-"]</c> lets only the author publish, after NIP-42.</summary>
public static class Nip70Words
{
    public static bool IsProtected(NostrEvent value) => value.Tags.Any(tag => tag is ["-", ..]);

    /// <summary>Null when one of the keys that the connection proved is the author's.</summary>
    public static Problem? Refuse(NostrEvent value, IReadOnlySet<string> authenticated) =>
        IsProtected(value) && !authenticated.Contains(value.Pubkey)
            ? AuthProblems.Missing with { Detail = "This event may only be published by its author." }
            : null;
}
