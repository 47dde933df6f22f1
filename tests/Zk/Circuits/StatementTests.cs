using System.Text;
using System.Text.Json.Nodes;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Merkle;
using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Tests.Zk.Circuits;

public class StatementTests
{
    [Theory]
    [InlineData(7_000ul, 7_000ul, 10_000ul, null)]
    [InlineData(10_000ul, 0ul, 10_000ul, null)]
    [InlineData(0ul, 0ul, 0ul, null)]
    [InlineData(6_999ul, 7_000ul, 10_000ul, "min ≤ reputation")]
    [InlineData(7_000ul, 6_000ul, 6_999ul, "reputation ≤ max")]
    [InlineData(7_000ul, 7_000ul, 10_001ul, "max ≤ 10000")]
    [InlineData(7_000ul, 7_001ul, 6_999ul, "min ≤ reputation")]
    [InlineData(10_001ul, 0ul, 10_000ul, "reputation ≤ max")]
    [InlineData(7_000ul, 0ul, 16_384ul, "max ≤ 10000")]
    public void A_range_holds_exactly_from_min_to_max(ulong reputation, ulong min, ulong max, string? broken) =>
        Expect(new ReputationRange().Assign(Samples.Range(reputation, min, max)), broken);

    [Fact]
    public void A_range_does_not_wrap_around_the_modulus()
    {
        var honest = Samples.Range();
        Expect(new ReputationRange().Assign(honest with { Min = -Fr.FromUInt64(9_000) }), "0 ≤ min");
        var below = Samples.Range(reputation: 100, min: 0) with { Min = Fr.FromUInt64(101) };
        Expect(new ReputationRange().Assign(below), "min ≤ reputation");
        Expect(new ReputationRange().Assign(honest with { Max = honest.Reputation - Fr.One }), "reputation ≤ max");
    }

    [Fact]
    public void Another_opening_than_the_committed_one_is_refused()
    {
        var honest = Samples.Range();
        Expect(new ReputationRange().Assign(honest with { Salt = Fr.One }), "commitment");
        Expect(new ReputationRange().Assign(honest with { Reputation = Fr.FromUInt64(9_999) }), "commitment");
        Expect(new ReputationRange().Assign(honest with { Secret = Fr.One }), "commitment");
        Expect(new Disclosure().Assign(Samples.Disclosure() with { Schema = Fr.One }), "commitment");
        var signed = Samples.DisclosureSigned();
        Expect(new DisclosureSigned().Assign(signed with { Salt = Fr.One }), "signature");
        Expect(new DisclosureSigned().Assign(signed with { SignatureS = signed.SignatureS + Fr.One }), "signature");
        Expect(new DisclosureSigned().Assign(signed with { IssuerX = -signed.IssuerX }), "signature");
        var order = Fr.FromBigInteger(PoA.Nostr.Zk.Curves.BabyJubJub.SubgroupOrder);
        Expect(new DisclosureSigned().Assign(signed with { SignatureS = signed.SignatureS + order }), "signature");
    }

    [Theory]
    [InlineData(1_000ul, 10ul, 1_000ul, 100ul, null)]
    [InlineData(0ul, 0ul, 0ul, 0ul, null)]
    [InlineData(4_294_967_295ul, 42_949_672ul, 4_294_967_295ul, 100ul, null)]
    [InlineData(999ul, 0ul, 1_000ul, 100ul, "settled_min ≤ settled")]
    [InlineData(1_000ul, 11ul, 1_000ul, 100ul, "disputed ≤")]
    [InlineData(1_000ul, 0ul, 4_294_967_296ul, 100ul, "settled_min is a count")]
    [InlineData(1_000ul, 0ul, 1_000ul, 10_001ul, "dispute_rate_max ≤ 10000")]
    public void A_tier_holds_exactly_at_its_limits(
        ulong settled, ulong disputed, ulong settledMin, ulong rateMax, string? broken) =>
        Expect(new Tier().Assign(Samples.Tier(settled, disputed, settledMin, rateMax)), broken);

    [Fact]
    public void All_sixty_four_masks_reveal_what_they_say_and_the_sixty_fifth_is_none()
    {
        var circuit = new Disclosure();
        for (var mask = 0ul; mask < 64; mask++)
        {
            var input = Samples.Disclosure(mask);
            var (witness, refusal) = circuit.Assign(input);
            Assert.Null(refusal);
            Assert.Null(circuit.Refuse(witness.AsSpan(1, 11)));
            for (var i = 0; i < 6; i++)
            {
                var shown = ((mask >> i) & 1) == 1;
                Assert.Equal(shown ? input.Attributes[i] : Fr.Zero, witness![5 + i]);
                witness[5 + i] += Fr.One;
                Assert.NotNull(circuit.Shape.FirstBrokenRow(witness));
                if (!shown) Assert.NotNull(circuit.Refuse(witness.AsSpan(1, 11)));
                witness[5 + i] -= Fr.One;
            }
        }

        Expect(circuit.Assign(Samples.Disclosure(64)), "mask");
        Expect(circuit.Assign(Samples.Disclosure() with { Mask = -Fr.One }), "mask");
    }

    [Fact]
    public void Membership_is_of_this_leaf_on_this_path_of_full_length()
    {
        var circuit = new Inclusion();
        var honest = Samples.Inclusion();
        Expect(circuit.Assign(honest), null);
        Expect(circuit.Assign(honest with { Siblings = honest.Siblings[..31] }), "a path has 32");
        Expect(circuit.Assign(honest with { Kind = Fr.FromUInt64(2) }), "root");
        Expect(circuit.Assign(honest with { Secret = Fr.One }), "root");
        for (var level = 0; level < 32; level++)
        {
            Expect(circuit.Assign(honest with { Index = honest.Index ^ (1u << level) }), "root");
            Fr[] siblings = [.. honest.Siblings];
            siblings[level] += Fr.One;
            Expect(circuit.Assign(honest with { Siblings = siblings }), "root");
        }
    }

    [Fact]
    public void No_level_of_a_path_can_be_that_of_another_leaf()
    {
        var circuit = new Inclusion();
        var shape = circuit.Shape;
        var honest = Samples.Inclusion();
        var (inTree, _) = circuit.Assign(honest);
        var forged = Foreign(circuit, honest with { DigestLow = honest.DigestLow + Fr.One });
        for (var level = 0; level < Inclusion.Depth; level++)
        {
            // From this level up the tree's own path, below it the path of a leaf that is not in the tree.
            Fr[] spliced = [.. forged];
            for (var wire = 0; wire < spliced.Length; wire++)
            {
                var label = shape.WireLabels[wire];
                if (label == "root" || LevelOf(label) >= level) spliced[wire] = inTree![wire];
            }

            Assert.Equal($"level {level}/order", shape.RowLabels[shape.FirstBrokenRow(spliced)!.Value]);
        }
    }

    /// <summary>The witness of a leaf whose own root would be another one.</summary>
    static Fr[] Foreign(Inclusion circuit, InclusionInput input)
    {
        var leaf = new AttestationLeaf(
            input.Kind, Subject.Of(input.Secret), input.DigestHigh, input.DigestLow, input.Salt).Hash();
        return circuit.Assign(input with { Root = MerkleTree.RootOf(leaf, input.Index, input.Siblings) }).Witness!;
    }

    static int LevelOf(string label) =>
        label.StartsWith("level ", StringComparison.Ordinal) ? int.Parse(label[6..label.IndexOf('/')], null) : -1;

    [Fact]
    public void A_node_is_no_leaf_and_uses_of_a_hash_are_apart()
    {
        Fr[] tags =
        [
            Fr.Zero, DomainTag.Subject, DomainTag.Nullifier, DomainTag.Statement, DomainTag.Credential, DomainTag.Leaf,
            DomainTag.Context,
        ];
        Assert.Equal(tags.Length, tags.Select(tag => PoseidonHash.Hash([Fr.One, Fr.Two], tag)).Distinct().Count());
        var digest = Enumerable.Repeat((byte)0xff, 32).ToArray();
        var other = digest.ToArray();
        other[31] = 0xfe;
        Assert.NotEqual(
            AttestationLeaf.Of(1, Fr.One, digest).Hash(), AttestationLeaf.Of(1, Fr.One, other).Hash());
        Assert.NotEqual(FieldSplit.Halves(digest), FieldSplit.Halves(other));
    }

    [Fact]
    public void A_context_binds_verifier_purpose_and_circuit_and_makes_another_nullifier()
    {
        var (a, b) = (new byte[32], Enumerable.Repeat((byte)1, 32).ToArray());
        var range = Circuit.All["reputation-range"];
        Fr[] contexts =
        [
            FieldSplit.Context(a, a, range), FieldSplit.Context(a, b, range), FieldSplit.Context(b, a, range),
            FieldSplit.Context(a, a, Circuit.All["tier"]),
        ];
        Assert.Equal(4, contexts.Distinct().Count());
        Assert.Equal(4, contexts.Select(context => Subject.Nullifier(Samples.Secret, context)).Distinct().Count());
    }

    [Fact]
    public void A_verifier_refuses_what_a_circuit_cannot_mean()
    {
        var circuit = new ReputationRange();
        Fr[] honest = [.. circuit.Assign(Samples.Range()).Witness!.Skip(1).Take(5)];
        Assert.Null(circuit.Refuse(honest));
        Assert.NotNull(circuit.Refuse(honest.AsSpan(1)));
        Assert.NotNull(circuit.Refuse([.. honest, Fr.One]));
        Assert.NotNull(circuit.Refuse([Fr.Zero, .. honest[1..]]));
        Assert.NotNull(circuit.Refuse([.. honest[..4], Fr.Zero]));
        Assert.NotNull(circuit.Refuse([honest[0], honest[1], honest[3], honest[2], honest[4]]));
        Assert.NotNull(circuit.Refuse([honest[0], honest[1], honest[2], Fr.FromUInt64(10_001), honest[4]]));
        Assert.NotNull(circuit.Refuse([honest[0], honest[1], -Fr.One, honest[3], honest[4]]));
        var signed = new DisclosureSigned();
        Fr[] presented = [.. signed.Assign(Samples.DisclosureSigned()).Witness!.Skip(1).Take(12)];
        Assert.Null(signed.Refuse(presented));
        Assert.NotNull(signed.Refuse([presented[0], Fr.Zero, Fr.One, .. presented[3..]]));
        Assert.NotNull(signed.Refuse([presented[0], presented[1] + Fr.One, .. presented[2..]]));
        Assert.NotNull(signed.Refuse([.. presented[..4], Fr.FromUInt64(64), .. presented[5..]]));
    }

    [Fact]
    public void An_input_is_read_from_snake_case_json_and_strictly()
    {
        var circuit = new Tier();
        Assert.Null(circuit.Assign(Json()).Refusal);
        Expect(circuit.Assign(Json(input => input.Remove("salt"))), "The input has no member “salt”.");
        Expect(
            circuit.Assign(Json(input => input["extra"] = 1)),
            "The input has an unknown member “extra”. Known are commitment, settled_min,");
        Expect(circuit.Assign(Json(input => input["salt"] = "01")), "field element");
        Expect(circuit.Assign(Json(input => input["salt"] = -1)), "field element");
        Expect(circuit.Assign(Json(input => input["salt"] = 1.5)), "field element");
        Expect(circuit.Assign(Json(input => input["salt"] = Fr.Modulus.ToString(null, null))), "field element");
        Expect(circuit.Assign(Json(input => input["salt"] = null)), "read at salt: a field element");
        Expect(circuit.Assign(Json(input => input["salt"] = new JsonArray("1"))), "read at salt: a field element");
        Expect(circuit.Assign("null"u8), "no object");
        Expect(circuit.Assign("[]"u8), "no object");
        Expect(circuit.Assign("{"u8), "read");
        Expect(circuit.Assign(new byte[70_000]), "bytes");
        var once = Encoding.UTF8.GetString(Json());
        var twice = once.Replace("\"salt\"", "\"salt\":\"1\",\"salt\"", StringComparison.Ordinal);
        Expect(circuit.Assign(Encoding.UTF8.GetBytes(twice)), "read");
        var path = Samples.Json("inclusion");
        path["siblings"]![3] = "x";
        Expect(new Inclusion().Assign(Encoding.UTF8.GetBytes(path.ToJsonString())), "read at siblings[3]");
        path["index"] = "first";
        Expect(new Inclusion().Assign(Encoding.UTF8.GetBytes(path.ToJsonString())), "an index is a number");
    }

    static byte[] Json(Action<JsonObject>? change = null)
    {
        var input = Samples.Tier();
        var json = new JsonObject
        {
            ["commitment"] = input.Commitment.ToString(),
            ["settled_min"] = 1_000,
            ["dispute_rate_max"] = "100",
            ["context"] = input.Context.ToString(),
            ["secret"] = input.Secret.ToString(),
            ["reputation"] = 8421,
            ["settled"] = 1_200,
            ["disputed"] = 7,
            ["salt"] = input.Salt.ToString(),
        };
        change?.Invoke(json);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    static void Expect(Assignment assignment, string? broken)
    {
        Assert.Equal(broken is null, assignment.Witness is not null);
        if (broken is null) return;

        Assert.Contains(broken, assignment.Refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("PoA.", assignment.Refusal, StringComparison.Ordinal);
    }
}
