using System.Security.Cryptography;
using PoA.Nostr.Crypto;

namespace PoA.Nostr;

/// <summary>A secp256k1 secret key. It prints hidden, compares by its public key, and is wiped when disposed.</summary>
public sealed class SecretKey : IDisposable
{
    readonly byte[] _bytes = GC.AllocateArray<byte>(32, pinned: true);

    SecretKey(ReadOnlySpan<byte> bytes)
    {
        if (!Secp256k1.IsSecretKey(bytes)) throw new CryptographicException("Not a secp256k1 secret key.");
        bytes.CopyTo(_bytes);
        Span<byte> publicKey = stackalloc byte[32];
        Secp256k1.XOnlyPublicKey(_bytes, publicKey);
        Pubkey = Convert.ToHexStringLower(publicKey);
    }

    /// <summary>64 lower-case hex digits, x-only.</summary>
    public string Pubkey { get; }

    public static SecretKey Generate()
    {
        Span<byte> bytes = stackalloc byte[32];
        do RandomNumberGenerator.Fill(bytes); while (!Secp256k1.IsSecretKey(bytes));
        return new(bytes);
    }

    public static SecretKey FromBytes(ReadOnlySpan<byte> bytes) => new(bytes);

    public static SecretKey FromHex(string hex) => new(Convert.FromHexString(hex));

    /// <summary>The bytes themselves, for sealing and for the curve. Never log them.</summary>
    public ReadOnlySpan<byte> Reveal() => _bytes;

    /// <summary>Signs what the template says. Refuses U+007F, which one widespread relay cannot store.</summary>
    public NostrEvent Sign(EventTemplate template)
    {
        if (EventProblems.RefuseToSign(template) is { } problem) throw new ProblemException(problem);

        Span<byte> id = stackalloc byte[32];
        Span<byte> signature = stackalloc byte[64];
        CanonicalForm.Id(Pubkey, template.CreatedAt, template.Kind, template.Tags, template.Content, id);
        Secp256k1.SchnorrSign(_bytes, id, signature);
        return new(
            Convert.ToHexStringLower(id), Pubkey, template.CreatedAt, template.Kind, template.Tags, template.Content,
            Convert.ToHexStringLower(signature));
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    public override string ToString() => "(hidden)";
}
