using System.Collections.Immutable;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Zk.Ceremony;

/// <summary>
/// A proving key and where it comes from: the hash of the circuit's initial key, and everybody who contributed to
/// phase 2. Without a contribution it is a development key.
/// </summary>
public sealed record CeremonyKey(
    ProvingKeyPoints Points, ReadOnlyMemory<byte> CircuitHash, ImmutableArray<Contribution> Contributions)
{
    /// <summary>One party knows its secrets, or everybody does: good for tests, refused in production.</summary>
    public bool IsDevelopment => Contributions.IsEmpty;
}
