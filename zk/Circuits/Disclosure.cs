using PoA.Nostr.Zk.Poseidon;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>What disclosure is proved from. Bit i of the mask shows attribute i.</summary>
public sealed record DisclosureInput(
    Fr Commitment, Fr Schema, Fr Mask, Fr Context, Fr Secret, Fr[] Attributes, Fr Salt);

/// <summary>
/// A chosen subset of the six committed attributes. The public commitment makes presentations of one credential
/// linkable: for receipts; <c>disclosure-signed</c> is the unlinkable form.
/// </summary>
public sealed class Disclosure : Circuit<DisclosureInput>
{
    public override string Name => "disclosure";

    private protected override DisclosureInput Blank =>
        new(default, default, default, default, default, new Fr[Credential.AttributeCount], default);

    private protected override string? RefuseInput(DisclosureInput input) =>
        input.Attributes.Length == Credential.AttributeCount ? null : "attributes: a credential has six.";

    private protected override void Define<T>(IInterpreter<T> circuit, DisclosureInput input)
    {
        var nullifier = circuit.Public("nullifier", Subject.Nullifier(input.Secret, input.Context));
        var commitment = circuit.Public("commitment", input.Commitment);
        var schema = circuit.Public("schema", input.Schema);
        var mask = circuit.Public("mask", input.Mask);
        var revealed = Credential.DeclareRevealed(circuit, input.Mask, input.Attributes);
        var context = circuit.Public("context", input.Context);
        var secret = circuit.Private("secret", input.Secret);
        var attributes = Credential.DeclareAttributes(circuit, input.Attributes);
        var salt = circuit.Private("salt", input.Salt);

        var subject = Subject.Of(circuit, secret);
        PoseidonGadget.Require(
            circuit, "commitment", [schema, subject, .. attributes, salt], DomainTag.Credential, commitment);
        Credential.RequireRevealed(circuit, mask, attributes, revealed);
        Subject.RequireNullifier(circuit, secret, context, nullifier);
    }

    private protected override string? RefuseOwn(ReadOnlySpan<Fr> signals) =>
        Credential.RefuseMask(signals[3], signals[4..10]);
}
