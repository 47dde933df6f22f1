using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr;

/// <summary>
/// The old encrypted messages (NIP-04): AES-256-CBC under the x of the shared point, written
/// <c>base64?iv=base64</c>. Nothing authenticates them but the event's signature, so every failure looks the same.
/// </summary>
public static class Nip04Words
{
    const string Separator = "?iv=";
    static readonly int CiphertextCharsMax = ((Limits.PlaintextBytesMax + 16 + 2) / 3 * 4) + Separator.Length + 24;
    static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <exception cref="ProblemException">The other key is not on the curve, or the text too long.</exception>
    public static string Encrypt(SecretKey own, string peer, string plaintext)
    {
        Span<byte> iv = stackalloc byte[16];
        RandomNumberGenerator.Fill(iv);
        if (Encoding.UTF8.GetByteCount(plaintext) > Limits.PlaintextBytesMax)
        {
            throw new ProblemException(EncryptionProblems.WrongSize);
        }

        try
        {
            using var aes = Cipher(own, peer);
            var ciphertext = aes.EncryptCbc(Utf8.GetBytes(plaintext), iv);
            return Convert.ToBase64String(ciphertext) + Separator + Convert.ToBase64String(iv);
        }
        catch (EncoderFallbackException)
        {
            throw new ProblemException(EncryptionProblems.NotText);
        }
    }

    /// <summary>Null and a problem when the text was not encrypted between these keys.</summary>
    /// <exception cref="ProblemException">The other key is not on the curve.</exception>
    public static string? TryDecrypt(SecretKey own, string peer, string ciphertext, out Problem? problem)
    {
        problem = ciphertext.Length > CiphertextCharsMax ? EncryptionProblems.WrongSize : EncryptionProblems.Garbled;
        var at = ciphertext.IndexOf(Separator, StringComparison.Ordinal);
        if (ciphertext.Length > CiphertextCharsMax || at < 0) return null;

        try
        {
            var iv = Convert.FromBase64String(ciphertext[(at + Separator.Length)..]);
            if (iv.Length != 16) return null;

            using var aes = Cipher(own, peer);
            var plaintext = Utf8.GetString(aes.DecryptCbc(Convert.FromBase64String(ciphertext[..at]), iv));
            problem = null;
            return plaintext;
        }
        catch (Exception e) when (e is FormatException or CryptographicException or DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Whether a text has the shape of this scheme; no NIP-44 payload does.</summary>
    public static bool LooksLikeOne(string ciphertext) => ciphertext.Contains(Separator, StringComparison.Ordinal);

    static Aes Cipher(SecretKey own, string peer)
    {
        Span<byte> point = stackalloc byte[32];
        Span<byte> shared = stackalloc byte[32];
        if (!Hex.TryDecode(peer, point) || !Secp256k1.SharedX(own.Reveal(), point, shared))
        {
            throw new ProblemException(EncryptionProblems.WrongKey);
        }

        var aes = Aes.Create();
        aes.SetKey(shared);
        shared.Clear();
        return aes;
    }
}
