using System.Security.Cryptography;

namespace PoA.Nostr.Blossom;

/// <summary>What opens a sealed blob, in NIP-17's words; it prints hidden.</summary>
public sealed record BlobSeal(string Algorithm, string Key, string Nonce)
{
    public override string ToString() => $"{Algorithm} (hidden)";
}

/// <summary>
/// A blob that only who has its key can read: AES-256-GCM, the tag of 16 bytes after the ciphertext, key and nonce of
/// 12 bytes in hex. What opens it has the words of NIP-17's files and travels encrypted.
/// </summary>
public static class SealedBlob
{
    const string Algorithm = "aes-gcm";
    const int KeyBytes = 32;
    const int NonceBytes = 12;
    const int TagBytes = 16;

    /// <summary>Under a key of its own.</summary>
    public static (BlobContent Blob, EncryptedFile File) Seal(ReadOnlySpan<byte> plaintext, string mediaType)
    {
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var bytes = new byte[plaintext.Length + TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plaintext, bytes.AsSpan(0, plaintext.Length), bytes.AsSpan(plaintext.Length));
        var blob = BlobContent.Of(bytes, MediaTypes.Unknown);
        return (blob, new(
            mediaType, Algorithm, Convert.ToHexStringLower(key), Convert.ToHexStringLower(nonce), blob.Sha256,
            blob.Size));
    }

    /// <summary>Null when the bytes are not what was sealed, or the file was sealed in another way.</summary>
    public static byte[]? Open(EncryptedFile file, ReadOnlySpan<byte> bytes) =>
        Open(new BlobSeal(file.Algorithm, file.Key, file.Nonce), bytes);

    /// <inheritdoc cref="Open(EncryptedFile, ReadOnlySpan{byte})"/>
    public static byte[]? Open(BlobSeal seal, ReadOnlySpan<byte> bytes)
    {
        if (seal.Algorithm != Algorithm || bytes.Length < TagBytes) return null;
        if (Hex.Decode(seal.Key) is not { Length: KeyBytes } key) return null;
        if (Hex.Decode(seal.Nonce) is not { Length: NonceBytes } nonce) return null;

        var plaintext = new byte[bytes.Length - TagBytes];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(nonce, bytes[..plaintext.Length], bytes[plaintext.Length..], plaintext);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
