using System.Security.Cryptography;

namespace PoA.Nostr;

/// <summary>
/// Signs and encrypts with a key that this process holds. The key stays its owner's to dispose; disposing of the
/// signer wipes what it derived from it.
/// </summary>
public sealed class LocalSigner(SecretKey key) : ISigner, IDisposable
{
    readonly ConversationKeys _conversations = new(key);

    public string Pubkey => key.Pubkey;

    public ValueTask<NostrEvent> SignAsync(EventTemplate template, CancellationToken ct) => new(key.Sign(template));

    public ValueTask<string> EncryptAsync(Encryption scheme, string peer, string plaintext, CancellationToken ct)
    {
        if (scheme == Encryption.Nip04) return new(Nip04Words.Encrypt(key, peer, plaintext));

        Span<byte> conversation = stackalloc byte[ConversationKeys.KeyBytes];
        try
        {
            _conversations.Copy(peer, conversation);
            return new(Nip44Words.Encrypt(conversation, plaintext));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(conversation);
        }
    }

    public ValueTask<string> DecryptAsync(Encryption scheme, string peer, string ciphertext, CancellationToken ct)
    {
        var plaintext = scheme == Encryption.Nip04
            ? Nip04Words.TryDecrypt(key, peer, ciphertext, out var problem)
            : Decrypt44(peer, ciphertext, out problem);
        return plaintext is null ? throw new ProblemException(problem!) : new(plaintext);
    }

    public void Dispose() => _conversations.Dispose();

    public override string ToString() => $"signer of {Pubkey}";

    string? Decrypt44(string peer, string payload, out Problem? problem)
    {
        Span<byte> conversation = stackalloc byte[ConversationKeys.KeyBytes];
        try
        {
            _conversations.Copy(peer, conversation);
            return Nip44Words.TryDecrypt(conversation, payload, out problem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(conversation);
        }
    }
}
