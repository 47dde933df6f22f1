using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>
/// Names from outside (keys, event ids, digests: 256 bits) as field elements. They are cut in halves of 128 bits: taken
/// modulo r, two names would become one.
/// </summary>
public static class FieldSplit
{
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static (Fr High, Fr Low) Halves(ReadOnlySpan<byte> name)
    {
        if (name.Length != Fr.Size) throw new ArgumentException("A name has 32 bytes.", nameof(name));

        Span<byte> padded = stackalloc byte[Fr.Size];
        padded.Clear();
        name[..16].CopyTo(padded[16..]);
        Fr.TryReadBigEndian(padded, out var high);
        name[16..].CopyTo(padded[16..]);
        Fr.TryReadBigEndian(padded, out var low);
        return (high, low);
    }

    /// <summary>
    /// The context that a verifier computes for itself: H[context] of its own key, the digest of its purpose,
    /// challenge or epoch, and the digest of the circuit's name. A proof made for one verifier, purpose or circuit
    /// is worth nothing in another.
    /// </summary>
    public static Fr Context(ReadOnlySpan<byte> verifier, ReadOnlySpan<byte> purpose, Circuit circuit)
    {
        var (verifierHigh, verifierLow) = Halves(verifier);
        var (purposeHigh, purposeLow) = Halves(purpose);
        var name = DomainTag.Of($"circuit/{circuit.Name}");
        return PoseidonHash.Hash([verifierHigh, verifierLow, purposeHigh, purposeLow, name], DomainTag.Context);
    }
}
