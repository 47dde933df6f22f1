using System.Security.Cryptography;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Eddsa;

/// <summary>
/// A private key of EdDSA-Poseidon, derived as circomlib and zk-kit (blake-1) do. Derivation and signing take the same
/// steps whatever the secret; it is wiped on disposal and never printed.
/// </summary>
public sealed class EddsaKey : IDisposable
{
    /// <summary>Bytes of a seed from the system's generator; a foreign seed may have 1 to 64.</summary>
    public const int SeedSize = 32;

    readonly byte[] _expanded = new byte[Blake512.Size];
    Fe<SubgroupModulus> _scalar;

    /// <exception cref="ArgumentOutOfRangeException">A seed has 1 to 64 bytes.</exception>
    public EddsaKey(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfZero(seed.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seed.Length, Blake512.Size);
        Blake512.Hash(seed, _expanded);
        _expanded[0] &= 0xf8;
        _expanded[31] &= 0x7f;
        _expanded[31] |= 0x40;
        _scalar = SubgroupModulus.Reduce(_expanded.AsSpan(..32));
        PublicKey = BabyJubJub.Base8.Times(SecretScalar());
    }

    /// <summary>(s/8)·Base8 for the secret s.</summary>
    public BabyJubJub PublicKey { get; }

    public static EddsaKey Generate()
    {
        Span<byte> seed = stackalloc byte[SeedSize];
        RandomNumberGenerator.Fill(seed);
        var key = new EddsaKey(seed);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    /// <summary>Deterministic: the nonce is the hash of the second half of the expanded seed and the message.</summary>
    public EddsaSignature Sign(in Fr message)
    {
        Span<byte> input = stackalloc byte[64];
        Span<byte> hash = stackalloc byte[Blake512.Size];
        _expanded.AsSpan(32).CopyTo(input);
        message.Write(input[32..]);
        Blake512.Hash(input, hash);
        var nonce = SubgroupModulus.Reduce(hash);
        var point = BabyJubJub.Base8.Times(nonce.ToLimbs());
        EddsaSignature.Challenge(point, PublicKey, message).Write(hash);
        var s = nonce + (SubgroupModulus.Reduce(hash[..32]) * _scalar);
        s.Write(hash);
        Fr.TryRead(hash[..32], out var response);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(hash);
        return new(point, response);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_expanded);
        _scalar = default;
    }

    public override string ToString() => "EddsaKey (hidden)";

    /// <summary>s/8: the clamped number is a multiple of 8.</summary>
    internal Limbs SecretScalar()
    {
        Span<ulong> limbs = stackalloc ulong[4];
        for (var i = 0; i < limbs.Length; i++)
        {
            limbs[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(_expanded.AsSpan(8 * i));
        }

        var scalar = new Limbs(
            (limbs[0] >> 3) | (limbs[1] << 61), (limbs[1] >> 3) | (limbs[2] << 61),
            (limbs[2] >> 3) | (limbs[3] << 61), limbs[3] >> 3);
        limbs.Clear();
        return scalar;
    }
}
