using PoA.Nostr.Zk.Merkle;
using PoA.Nostr.Zk.Poseidon;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>What inclusion is proved from: the leaf's opening and its path of 32 siblings, lowest first.</summary>
public sealed record InclusionInput(
    Fr Root, Fr Kind, Fr Context, Fr Secret, Fr DigestHigh, Fr DigestLow, Fr Salt, uint Index, Fr[] Siblings);

/// <summary>
/// One attestation of this kind in the tree belongs to the prover, without saying which. A second proof of the same
/// leaf in the same context has the same nullifier.
/// </summary>
public sealed class Inclusion : Circuit<InclusionInput>
{
    public const int Depth = 32;

    public override string Name => "inclusion";

    private protected override InclusionInput Blank =>
        new(default, default, default, default, default, default, default, 0, new Fr[Depth]);

    private protected override string? RefuseInput(InclusionInput input) =>
        input.Siblings.Length == Depth ? null : $"siblings: a path has {Depth} of them.";

    private protected override void Define<T>(IInterpreter<T> circuit, InclusionInput input)
    {
        var leafValue = new AttestationLeaf(
            input.Kind, Subject.Of(input.Secret), input.DigestHigh, input.DigestLow, input.Salt).Hash();
        var nullifier = circuit.Public("nullifier", Subject.Nullifier(input.Secret, input.Context, leafValue));
        var root = circuit.Public("root", input.Root);
        var kind = circuit.Public("kind", input.Kind);
        var context = circuit.Public("context", input.Context);
        var secret = circuit.Private("secret", input.Secret);
        var high = circuit.Private("digest_high", input.DigestHigh);
        var low = circuit.Private("digest_low", input.DigestLow);
        var salt = circuit.Private("salt", input.Salt);

        var subject = Subject.Of(circuit, secret);
        var leaf = PoseidonGadget.Hash(circuit, "leaf", [kind, subject, high, low, salt], DomainTag.Leaf);
        MerkleGadget.RequireMember(circuit, leaf, input.Index, input.Siblings, root);
        PoseidonGadget.Require(circuit, "nullifier", [secret, context, leaf], DomainTag.Nullifier, nullifier);
    }
}
