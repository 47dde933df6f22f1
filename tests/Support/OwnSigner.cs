namespace PoA.Nostr.Tests.Support;

/// <summary>A signer over a key of the test's own.</summary>
sealed class OwnSigner(SecretKey key) : ISigner
{
    public string Pubkey => key.Pubkey;

    public ValueTask<NostrEvent> SignAsync(EventTemplate template, CancellationToken ct) => new(key.Sign(template));

    public ValueTask<string> EncryptAsync(Encryption scheme, string peer, string plaintext, CancellationToken ct) =>
        throw new NotSupportedException("These tests encrypt nothing.");

    public ValueTask<string> DecryptAsync(Encryption scheme, string peer, string ciphertext, CancellationToken ct) =>
        throw new NotSupportedException("These tests decrypt nothing.");
}
