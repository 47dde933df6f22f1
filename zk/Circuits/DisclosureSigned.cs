using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Eddsa;
using PoA.Nostr.Zk.Poseidon;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>What disclosure-signed is proved from: a credential and the issuer's signature of its commitment.</summary>
public sealed record DisclosureSignedInput(
    Fr IssuerX, Fr IssuerY, Fr Schema, Fr Mask, Fr Context, Fr Secret, Fr[] Attributes, Fr Salt,
    Fr SignatureR8X, Fr SignatureR8Y, Fr SignatureS);

/// <summary>
/// A chosen subset of six attributes that this issuer signed. Nothing public is the same in two presentations but
/// the issuer and what is revealed, so they cannot be linked.
/// </summary>
public sealed class DisclosureSigned : Circuit<DisclosureSignedInput>
{
    public override string Name => "disclosure-signed";

    private protected override DisclosureSignedInput Blank => new(
        default, default, default, default, default, default, new Fr[Credential.AttributeCount], default,
        default, default, default);

    private protected override string? RefuseInput(DisclosureSignedInput input) =>
        input.Attributes.Length == Credential.AttributeCount ? null : "attributes: a credential has six.";

    private protected override void Define<T>(IInterpreter<T> circuit, DisclosureSignedInput input)
    {
        var nullifier = circuit.Public("nullifier", Subject.Nullifier(input.Secret, input.Context));
        var issuer = new Wires<T>(
            circuit.Public("issuer_x", input.IssuerX), circuit.Public("issuer_y", input.IssuerY));
        var schema = circuit.Public("schema", input.Schema);
        var mask = circuit.Public("mask", input.Mask);
        var revealed = Credential.DeclareRevealed(circuit, input.Mask, input.Attributes);
        var context = circuit.Public("context", input.Context);
        var secret = circuit.Private("secret", input.Secret);
        var attributes = Credential.DeclareAttributes(circuit, input.Attributes);
        var salt = circuit.Private("salt", input.Salt);
        var nonce = new Wires<T>(
            circuit.Private("signature_r8_x", input.SignatureR8X),
            circuit.Private("signature_r8_y", input.SignatureR8Y));
        var s = circuit.Private("signature_s", input.SignatureS);

        var subject = Subject.Of(circuit, secret);
        var commitment = PoseidonGadget.Hash(
            circuit, "commitment", [schema, subject, .. attributes, salt], DomainTag.Credential);
        EddsaGadget.RequireSignature(circuit, issuer, nonce, s, commitment);
        Credential.RequireRevealed(circuit, mask, attributes, revealed);
        Subject.RequireNullifier(circuit, secret, context, nullifier);
    }

    private protected override string? RefuseOwn(ReadOnlySpan<Fr> signals) =>
        EddsaSignature.IsValidKey(new BabyJubJub(signals[1], signals[2]))
            ? Credential.RefuseMask(signals[4], signals[5..11])
            : "The issuer's key is no point of order l.";
}
