namespace PoA.Nostr;

/// <summary>A key that can be used and not seen: sealed here, or held by a remote signer (NIP-46).</summary>
public interface ISigner
{
    /// <summary>64 lower-case hex digits, x-only.</summary>
    string Pubkey { get; }

    ValueTask<NostrEvent> SignAsync(EventTemplate template, CancellationToken ct);

    /// <summary>Encrypts to the other key in the named scheme.</summary>
    ValueTask<string> EncryptAsync(Encryption scheme, string peer, string plaintext, CancellationToken ct);

    /// <summary>Throws a problem when the text was not encrypted between these two keys in this scheme.</summary>
    ValueTask<string> DecryptAsync(Encryption scheme, string peer, string ciphertext, CancellationToken ct);
}

/// <summary>How a private message is encrypted. An answer uses the scheme of its request.</summary>
public enum Encryption
{
    Nip04,
    Nip44,
}
