using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Eddsa;
using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Tests.Zk.Circuits;

/// <summary>Honest inputs of each circuit, from fixed numbers.</summary>
static class Samples
{
    public static Fr Secret { get; } = Fr.Parse("1234567890123456789012345678901234567890");

    public static Fr Context { get; } = FieldSplit.Context(new byte[32], new byte[32], Circuit.All["tier"]);

    static Fr Salt { get; } = Fr.Parse("98765432109876543210");

    public static ReputationRangeInput Range(ulong reputation = 8421, ulong min = 7000, ulong max = 10_000)
    {
        var statement = Record(reputation, 1_200, 7);
        return new(
            statement.Commit(), Number(min), Number(max), Context, Secret, statement.Reputation, statement.Settled,
            statement.Disputed, Salt);
    }

    public static TierInput Tier(
        ulong settled = 1_200, ulong disputed = 7, ulong settledMin = 1_000, ulong rateMax = 100)
    {
        var statement = Record(8421, settled, disputed);
        return new(
            statement.Commit(), Number(settledMin), Number(rateMax), Context, Secret, statement.Reputation,
            statement.Settled, statement.Disputed, Salt);
    }

    public static DisclosureInput Disclosure(ulong mask = 22)
    {
        Fr[] attributes = [Number(8421), Number(3), Number(1_200), Number(20_240_501), Number(1_234_567), Number(5)];
        var credential = new Credential(Number(77), Subject.Of(Secret), attributes, Salt);
        return new(credential.Commit(), Number(77), Number(mask), Context, Secret, attributes, Salt);
    }

    public static DisclosureSignedInput DisclosureSigned(ulong mask = 22)
    {
        var plain = Disclosure(mask);
        using var issuer = new EddsaKey("the platform"u8);
        var (nonce, s) = issuer.Sign(plain.Commitment);
        return new(
            issuer.PublicKey.X, issuer.PublicKey.Y, plain.Schema, plain.Mask, Context, Secret, plain.Attributes, Salt,
            nonce.X, nonce.Y, s);
    }

    public static InclusionInput Inclusion(uint index = 0xdeadbeef)
    {
        var leaf = AttestationLeaf.Of(1, Subject.Of(Secret), Enumerable.Repeat((byte)0xc5, 32).ToArray(), Salt);
        Fr[] siblings = [.. Enumerable.Range(0, 32).Select(i => PoseidonHash.Hash([Number((ulong)i)]))];
        var root = leaf.Hash();
        for (var level = 0; level < 32; level++)
        {
            root = ((index >> level) & 1) == 1
                ? PoseidonHash.Hash(siblings[level], root)
                : PoseidonHash.Hash(root, siblings[level]);
        }

        return new(root, leaf.Kind, Context, Secret, leaf.DigestHigh, leaf.DigestLow, Salt, index, siblings);
    }

    /// <summary>The input of a circuit, whatever its type.</summary>
    public static object Input(string circuit) => circuit switch
    {
        "reputation-range" => Range(),
        "inclusion" => Inclusion(),
        "disclosure" => Disclosure(),
        "disclosure-signed" => DisclosureSigned(),
        "tier" => Tier(),
        _ => throw new ArgumentException(circuit),
    };

    public static JsonNode Json(string circuit)
    {
        var input = Input(circuit);
        return JsonSerializer.SerializeToNode(input, CircuitJson.Default.GetTypeInfo(input.GetType())!)!;
    }

    /// <summary>As snarkjs wants it: circom takes what is revealed as an input of its own.</summary>
    public static JsonNode CircomJson(string circuit)
    {
        var json = Json(circuit);
        if (json["mask"] is null) return json;

        var mask = Fr.Parse(json["mask"]!.GetValue<string>());
        Fr[] attributes = [.. json["attributes"]!.AsArray().Select(text => Fr.Parse(text!.GetValue<string>()))];
        json["revealed"] = new JsonArray(
            [.. Credential.Reveal(mask, attributes).Select(value => (JsonNode)value.ToString())]);
        return json;
    }

    public static Assignment Honest(string circuit) =>
        Circuit.All[circuit].Assign(Encoding.UTF8.GetBytes(Json(circuit).ToJsonString()));

    public static Fr Number(ulong value) => Fr.FromUInt64(value);

    static Statement Record(ulong reputation, ulong settled, ulong disputed) => new(
        Subject.Of(Secret), Number(reputation), Number(settled), Number(disputed), Salt);
}
