using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr;

/// <summary>
/// Encrypted payloads, version 2 (NIP-44): ECDH, HKDF, padding, ChaCha20, HMAC-SHA256, base64. Lengths from 65,536
/// bytes carry the extended prefix. Beyond <see cref="Limits.PlaintextBytesMax"/> both directions refuse.
/// </summary>
public static class Nip44Words
{
    const byte Version = 2;
    const int NonceBytes = 32;
    const int MacBytes = 32;
    const int PayloadBytesMin = 1 + NonceBytes + 2 + 32 + MacBytes;
    const int PayloadCharsMin = 132;

    static readonly int PayloadCharsMax =
        Base64Chars(1 + NonceBytes + 6 + PaddedLength(Limits.PlaintextBytesMax) + MacBytes);

    static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    static readonly SearchValues<char> Base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <summary>The key that two keys share, 32 bytes: the same from either side.</summary>
    /// <exception cref="ProblemException">The other key is not on the curve.</exception>
    public static byte[] ConversationKey(SecretKey own, string peer)
    {
        Span<byte> point = stackalloc byte[32];
        Span<byte> shared = stackalloc byte[32];
        if (!Hex.TryDecode(peer, point) || !Secp256k1.SharedX(own.Reveal(), point, shared))
        {
            throw new ProblemException(EncryptionProblems.WrongKey);
        }

        var key = new byte[32];
        HKDF.Extract(HashAlgorithmName.SHA256, shared, "nip44-v2"u8, key);
        shared.Clear();
        return key;
    }

    /// <summary>Encrypts under a fresh random nonce.</summary>
    public static string Encrypt(ReadOnlySpan<byte> conversationKey, string plaintext)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        return Encrypt(conversationKey, plaintext, nonce);
    }

    internal static string Encrypt(ReadOnlySpan<byte> conversationKey, string plaintext, ReadOnlySpan<byte> nonce)
    {
        var text = Bytes(plaintext);
        var prefix = text.Length < 65_536 ? 2 : 6;
        var payload = new byte[1 + NonceBytes + prefix + PaddedLength(text.Length) + MacBytes];
        payload[0] = Version;
        nonce.CopyTo(payload.AsSpan(1));
        var padded = payload.AsSpan((1 + NonceBytes)..^MacBytes);
        if (prefix == 2) BinaryPrimitives.WriteUInt16BigEndian(padded, (ushort)text.Length);
        else BinaryPrimitives.WriteUInt32BigEndian(padded[2..], (uint)text.Length);
        text.CopyTo(padded[prefix..]);

        Span<byte> keys = stackalloc byte[76];
        MessageKeys(conversationKey, nonce, keys);
        ChaCha20.Apply(keys[..32], keys[32..44], padded);
        HMACSHA256.HashData(keys[44..], payload.AsSpan(1..^MacBytes), payload.AsSpan(^MacBytes..));
        keys.Clear();
        return Convert.ToBase64String(payload);
    }

    /// <summary>Null and a problem when the payload is anything but a text encrypted under this key.</summary>
    public static string? TryDecrypt(ReadOnlySpan<byte> conversationKey, string payload, out Problem? problem)
    {
        if (Decode(payload, out problem) is not { } bytes) return null;

        Span<byte> keys = stackalloc byte[76];
        Span<byte> mac = stackalloc byte[MacBytes];
        MessageKeys(conversationKey, bytes.AsSpan(1, NonceBytes), keys);
        HMACSHA256.HashData(keys[44..], bytes.AsSpan(1..^MacBytes), mac);
        var genuine = CryptographicOperations.FixedTimeEquals(mac, bytes.AsSpan(^MacBytes..));
        var padded = bytes.AsSpan((1 + NonceBytes)..^MacBytes);
        if (genuine) ChaCha20.Apply(keys[..32], keys[32..44], padded);
        keys.Clear();
        var plaintext = genuine ? Unpad(padded) : null;
        problem = plaintext is null ? EncryptionProblems.Garbled : null;
        return plaintext;
    }

    internal static void MessageKeys(ReadOnlySpan<byte> conversationKey, ReadOnlySpan<byte> nonce, Span<byte> keys) =>
        HKDF.Expand(HashAlgorithmName.SHA256, conversationKey, keys, nonce);

    /// <summary>The next multiple of a chunk: 32 bytes, from 257 on an eighth of the next power of two.</summary>
    internal static int PaddedLength(int length)
    {
        if (length <= 32) return 32;

        var power = (int)BitOperations.RoundUpToPowerOf2((uint)length);
        var chunk = power <= 256 ? 32 : power / 8;
        return chunk * (((length - 1) / chunk) + 1);
    }

    static byte[] Bytes(string plaintext)
    {
        if (plaintext.Length is 0 or > Limits.PlaintextBytesMax)
        {
            throw new ProblemException(EncryptionProblems.WrongSize);
        }

        try
        {
            var bytes = Utf8.GetBytes(plaintext);
            return bytes.Length <= Limits.PlaintextBytesMax
                ? bytes
                : throw new ProblemException(EncryptionProblems.WrongSize);
        }
        catch (EncoderFallbackException)
        {
            throw new ProblemException(EncryptionProblems.NotText);
        }
    }

    static byte[]? Decode(string payload, out Problem? problem)
    {
        problem = payload is "" or ['#', ..] ? EncryptionProblems.UnknownVersion :
            payload.Length > PayloadCharsMax ? EncryptionProblems.WrongSize :
            payload.Length < PayloadCharsMin || payload.AsSpan().ContainsAnyExcept(Base64)
                ? EncryptionProblems.Garbled
                : null;
        if (problem is not null) return null;

        var bytes = new byte[payload.Length / 4 * 3];
        if (!Convert.TryFromBase64String(payload, bytes, out var length) || length < PayloadBytesMin)
        {
            problem = EncryptionProblems.Garbled;
            return null;
        }

        if (bytes[0] == Version) return bytes[..length];

        problem = EncryptionProblems.UnknownVersion;
        return null;
    }

    static string? Unpad(ReadOnlySpan<byte> padded)
    {
        var (prefix, length) = (2, (long)BinaryPrimitives.ReadUInt16BigEndian(padded));
        if (length == 0)
        {
            (prefix, length) = (6, BinaryPrimitives.ReadUInt32BigEndian(padded[2..]));
            if (length < 65_536) return null;
        }

        if (length > Limits.PlaintextBytesMax || padded.Length != prefix + PaddedLength((int)length)) return null;

        try
        {
            return Utf8.GetString(padded.Slice(prefix, (int)length));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    static int Base64Chars(int bytes) => (bytes + 2) / 3 * 4;
}
