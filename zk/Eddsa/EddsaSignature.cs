using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Zk.Eddsa;

/// <summary>An EdDSA-Poseidon signature over Baby Jubjub, as circomlib has it.</summary>
/// <param name="R8">The nonce times Base8.</param>
/// <param name="S">Below l in every valid signature.</param>
public readonly record struct EddsaSignature(BabyJubJub R8, Fr S)
{
    /// <summary>Bytes of a packed signature.</summary>
    public const int Size = BabyJubJub.Size + Fr.Size;

    /// <summary>
    /// S·Base8 = R8 + 8·H(R8, A, m)·A. Strict: S below l, and both points of order l, so that a signature has one
    /// form and a key one owner. Of R8 the equation itself says so, once it is on the curve.
    /// </summary>
    public bool Verify(in BabyJubJub publicKey, in Fr message)
    {
        if (!IsValidKey(publicKey) || !R8.IsOnCurve) return false;
        if (S.ToBigInteger() >= BabyJubJub.SubgroupOrder) return false;

        Span<byte> bytes = stackalloc byte[Fr.Size];
        Challenge(R8, publicKey, message).Write(bytes);
        var challenge = SubgroupModulus.Reduce(bytes) * Fe<SubgroupModulus>.FromUInt64(8);
        return BabyJubJub.Base8.Times(S.ToLimbs()) == R8 + publicKey.Times(challenge.ToLimbs());
    }

    /// <summary>On the curve, of order l, and not the identity.</summary>
    public static bool IsValidKey(in BabyJubJub key) => key != BabyJubJub.Identity && key.IsInSubgroup;

    /// <summary>R8 packed, then S, least significant byte first.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        R8.Pack(bytes);
        S.Write(bytes.AsSpan(BabyJubJub.Size));
        return bytes;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out EddsaSignature signature)
    {
        signature = default;
        if (bytes.Length != Size || !BabyJubJub.TryUnpack(bytes[..BabyJubJub.Size], out var nonce)) return false;
        if (!Fr.TryRead(bytes[BabyJubJub.Size..], out var s)) return false;

        signature = new(nonce, s);
        return s.ToBigInteger() < BabyJubJub.SubgroupOrder;
    }

    internal static Fr Challenge(in BabyJubJub nonce, in BabyJubJub key, in Fr message) =>
        PoseidonHash.Hash([nonce.X, nonce.Y, key.X, key.Y, message]);
}
