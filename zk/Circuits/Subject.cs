using PoA.Nostr.Zk.Poseidon;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>
/// Who a proof is about. The secret never leaves its owner: issuers know subject = H[subject](secret), verifiers see
/// nullifier = H[nullifier](secret, context, …), and nobody else can tell that the two belong together.
/// </summary>
public static class Subject
{
    public static Fr Of(in Fr secret) => PoseidonHash.Hash([secret], DomainTag.Subject);

    /// <summary>The same for one secret in one context, unlinkable across contexts.</summary>
    public static Fr Nullifier(in Fr secret, in Fr context) =>
        PoseidonHash.Hash([secret, context], DomainTag.Nullifier);

    /// <summary>The same for one leaf in one context.</summary>
    public static Fr Nullifier(in Fr secret, in Fr context, in Fr leaf) =>
        PoseidonHash.Hash([secret, context, leaf], DomainTag.Nullifier);

    internal static T Of<T>(IInterpreter<T> circuit, in T secret)
        where T : struct, IExpression<T> => PoseidonGadget.Hash(circuit, "subject", [secret], DomainTag.Subject);

    internal static void RequireNullifier<T>(IInterpreter<T> circuit, in T secret, in T context, in T nullifier)
        where T : struct, IExpression<T> =>
        PoseidonGadget.Require(circuit, "nullifier", [secret, context], DomainTag.Nullifier, nullifier);
}
