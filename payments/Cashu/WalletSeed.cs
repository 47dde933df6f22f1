using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// The one secret of the wallet. Every ecash secret and blinding factor comes from it (NUT-13), so the database holds
/// none of them, and what the database loses the mint can restore. It prints hidden and is wiped when disposed.
/// </summary>
public sealed class WalletSeed : IDisposable
{
    static readonly byte[] Kdf = Encoding.ASCII.GetBytes("Cashu_KDF_HMAC_SHA256");
    static readonly BigInteger Order = new(
        Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141"),
        isUnsigned: true, isBigEndian: true);

    readonly byte[] _seed;
    readonly Lazy<WalletSeed> _forOthers;

    WalletSeed(byte[] seed)
    {
        _seed = seed;
        _forOthers = new(() => new(HMACSHA512.HashData(_seed, "PoA ecash for others"u8)));
    }

    /// <summary>What the ecash that we give away comes from.</summary>
    internal WalletSeed ForOthers => _forOthers.Value;

    /// <param name="text">12 to 24 words (BIP-39, no passphrase), or the 32 or 64 bytes of a seed in hex.</param>
    public static WalletSeed Parse(string text)
    {
        if (Hex.Decode(text) is { Length: 32 or 64 } bytes) return new(bytes);
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length is 12 or 15 or 18 or 21 or 24
            ? new(Rfc2898DeriveBytes.Pbkdf2(
                string.Join(' ', words).Normalize(NormalizationForm.FormKD), "mnemonic"u8, 2048,
                HashAlgorithmName.SHA512, 64))
            : throw new ProblemException(CashuProblems.WrongSeed);
    }

    /// <summary>The secret (64 hex digits) and the blinding factor (32 bytes) of a keyset's counter.</summary>
    public (string Secret, byte[] R) Derive(string keyset, long counter)
    {
        if (!Keyset.IsSupported(keyset)) throw new ProblemException(CashuProblems.UnsupportedKeyset);
        var id = Convert.FromHexString(keyset);
        return id[0] == 0 ? DeriveV1(id, counter) : DeriveV2(id, counter);
    }

    /// <summary>A key for one purpose and one subject: a quote's (NUT-20), an agent's for nutzaps (NIP-61).</summary>
    public SecretKey Key(string purpose, string subject)
    {
        var key = Mac($"PoA {purpose} key\n{subject}");
        Reduce(key);
        try
        {
            return SecretKey.FromBytes(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_seed);
        if (_forOthers.IsValueCreated) _forOthers.Value.Dispose();
    }

    public override string ToString() => "(hidden)";

    /// <summary>NUT-13, "HMAC-SHA256 Derivation".</summary>
    (string Secret, byte[] R) DeriveV2(byte[] id, long counter)
    {
        Span<byte> message = stackalloc byte[Kdf.Length + id.Length + 9];
        Kdf.CopyTo(message);
        id.CopyTo(message[Kdf.Length..]);
        BinaryPrimitives.WriteInt64BigEndian(message[(Kdf.Length + id.Length)..], counter);
        message[^1] = 0;
        var secret = Convert.ToHexStringLower(HMACSHA256.HashData(_seed, message));
        message[^1] = 1;
        var r = HMACSHA256.HashData(_seed, message);
        Reduce(r);
        return (secret, r);
    }

    /// <summary>NUT-13, "Legacy Derivation": BIP-32 at m/129372'/0'/keyset'/counter'/{0,1}.</summary>
    (string Secret, byte[] R) DeriveV1(byte[] id, long counter)
    {
        var number = (uint)(BinaryPrimitives.ReadUInt64BigEndian(id) % int.MaxValue);
        var node = Bip32.Master(_seed).Hardened(129372).Hardened(0).Hardened(number).Hardened(checked((uint)counter));
        return (Convert.ToHexStringLower(node.Child(0).Key), node.Child(1).Key);
    }

    byte[] Mac(string message) => HMACSHA256.HashData(_seed, Encoding.UTF8.GetBytes(message));

    /// <summary>Modulo the order: a hash exceeds it once in 2¹²⁸.</summary>
    internal static void Reduce(Span<byte> scalar)
    {
        if (Secp256k1.IsSecretKey(scalar)) return;
        var reduced = new BigInteger(scalar, isUnsigned: true, isBigEndian: true) % Order;
        scalar.Clear();
        var bytes = reduced.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(scalar[(32 - bytes.Length)..]);
    }
}

/// <summary>A private node of a tree of keys (BIP-32).</summary>
sealed record Bip32(byte[] Key, byte[] Chain)
{
    public static Bip32 Master(ReadOnlySpan<byte> seed)
    {
        var both = HMACSHA512.HashData("Bitcoin seed"u8, seed);
        return new(both[..32], both[32..]);
    }

    public Bip32 Hardened(uint index) => Derive([0, .. Key], index | 0x8000_0000);

    public Bip32 Child(uint index) => Derive(CurvePoint.OfSecret(Key)!.ToBytes(), index);

    public override string ToString() => "(hidden)";

    Bip32 Derive(byte[] prefix, uint index)
    {
        var message = new byte[prefix.Length + 4];
        prefix.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(prefix.Length), index);
        var both = HMACSHA512.HashData(Chain, message);
        byte[] key = [.. Key];
        // Fails once in 2¹²⁷ children.
        return SecretScalar.Add(key, both.AsSpan(0, 32))
            ? new(key, both[32..])
            : throw new CryptographicException("This child does not exist.");
    }
}
