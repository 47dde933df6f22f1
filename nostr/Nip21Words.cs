namespace PoA.Nostr;

/// <summary>nostr: URIs (NIP-21): a NIP-19 entity, never a secret key, behind a scheme.</summary>
public static class Nip21Words
{
    const string Scheme = "nostr:";

    public static string Write(NostrEntity entity) => Scheme + Nip19Words.Write(entity);

    /// <summary>Null when the text is not such a URI.</summary>
    public static NostrEntity? TryRead(string uri) =>
        uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? Nip19Words.TryRead(uri[Scheme.Length..]) : null;
}
