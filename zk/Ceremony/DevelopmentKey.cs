using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Ceremony;

/// <summary>A key at once, without a ceremony and therefore without a contribution: see
/// <see cref="CeremonyKey"/>.</summary>
public static class DevelopmentKey
{
    public static CeremonyKey Make(ConstraintSystem system) =>
        new(Setup.MakeInsecure(system), new byte[Blake2b.Size], []);
}
