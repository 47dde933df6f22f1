using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>
/// A leaf of the attestation tree: H[leaf](kind, subject, digest_high, digest_low, salt). The digest is SHA-256 of
/// what is attested, in two halves of 128 bits, never taken modulo r.
/// </summary>
/// <param name="Kind">1 job, 2 execution, 3 ruling.</param>
/// <param name="Subject">See <see cref="Circuits.Subject.Of(in Fr)"/>.</param>
/// <param name="DigestHigh">The first 16 bytes of the digest, big-endian.</param>
/// <param name="DigestLow">The last 16 bytes of the digest, big-endian.</param>
/// <param name="Salt">0 where the attested document is public and anybody may recompute the leaf.</param>
public sealed record AttestationLeaf(Fr Kind, Fr Subject, Fr DigestHigh, Fr DigestLow, Fr Salt)
{
    public Fr Hash() => PoseidonHash.Hash([Kind, Subject, DigestHigh, DigestLow, Salt], DomainTag.Leaf);

    /// <exception cref="ArgumentException">The digest has not 32 bytes.</exception>
    public static AttestationLeaf Of(uint kind, in Fr subject, ReadOnlySpan<byte> digest, in Fr salt = default)
    {
        var (high, low) = FieldSplit.Halves(digest);
        return new(Fr.FromUInt64(kind), subject, high, low, salt);
    }
}
