using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Tests.Zk.Files;

public class AttackTests
{
    [Fact]
    public void All_nineteen_mutations_get_the_verdict_of_a_strict_verifier()
    {
        var refused = 0;
        foreach (var attack in ZkVectors.Cases("attacks_rep_range.json"))
        {
            var name = attack.GetProperty("name").GetString();
            var signals = attack.GetProperty("publicSignals");
            var accepted = Accepts(attack.GetProperty("vk"), attack.GetProperty("proof"), signals);
            var expected = attack.GetProperty("expect").GetString()!;
            Assert.True(accepted == (expected == "accept"), $"{name}: expected {expected}");
            if (!accepted) refused++;
        }

        Assert.Equal(15, refused);
        Console.WriteLine($"must-reject cases refused: {refused} of 15");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("0x1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("")]
    [InlineData("١")]
    [InlineData("1e3")]
    [InlineData("21888242871839275222246405745257275088548364400416034343698204186575808495617")]
    [InlineData("100000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    public void A_signal_that_is_not_canonical_is_refused(string digits) =>
        Assert.Throws<ZkFileException>(
            () => SnarkJson.ReadSignals(Encoding.UTF8.GetBytes($"[{JsonSerializer.Serialize(digits)}]")));

    [Theory]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("{}")]
    [InlineData("[\"1\"")]
    [InlineData("[[[[[[[[\"1\"]]]]]]]]")]
    public void Signals_of_another_shape_are_refused(string json) =>
        Assert.Throws<ZkFileException>(() => SnarkJson.ReadSignals(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Honest_files_survive_and_every_change_of_shape_is_refused()
    {
        var honest = ZkVectors.Cases("attacks_rep_range.json").First();
        var proof = SnarkJson.ReadProof(Bytes(honest.GetProperty("proof")));
        var key = SnarkJson.ReadKey(Bytes(honest.GetProperty("vk")));
        Assert.Equal(proof, SnarkJson.ReadProof(SnarkJson.Write(proof)));
        Assert.True(SnarkJson.ReadKey(SnarkJson.Write(key.Key, development: true)).IsDevelopment);
        Assert.True(JsonElement.DeepEquals(
            honest.GetProperty("vk"), JsonDocument.Parse(SnarkJson.Write(key.Key, development: false)).RootElement));

        Refused(honest, "proof", file => file.Remove("protocol"));
        Refused(honest, "proof", file => file["extra"] = 1);
        Refused(honest, "proof", file => file["pi_a"]!.AsArray().RemoveAt(2));
        Refused(honest, "proof", file => file["pi_b"]!.AsArray()[0]!.AsArray().Add("0"));
        Refused(honest, "proof", file => file["pi_a"] = new JsonArray("0", "1", "0"));
        Refused(honest, "vk", file => file["nPublic"] = 4);
        Refused(honest, "vk", file => file["vk_alphabeta_12"]![0]![0]![0] = "1");
        Refused(honest, "vk", file => file["IC"]!.AsArray().RemoveAt(0));
        Refused(honest, "vk", file => file["vk_delta_2"] = file["vk_gamma_2"]!.DeepClone());
        Refused(honest, "vk", file => file["origin"] = "somewhere");
        var text = Encoding.UTF8.GetString(Bytes(honest.GetProperty("proof"))).Replace(
            "\"protocol\"", "\"protocol\":\"groth16\",\"protocol\"", StringComparison.Ordinal);
        Assert.Throws<ZkFileException>(() => SnarkJson.ReadProof(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Swapped_coordinates_of_the_second_group_do_not_verify()
    {
        var honest = ZkVectors.Cases("attacks_rep_range.json").First();
        var proof = JsonNode.Parse(Bytes(honest.GetProperty("proof")))!.AsObject();
        foreach (var coordinate in proof["pi_b"]!.AsArray().Take(2))
        {
            var pair = coordinate!.AsArray();
            var first = pair[0]!.DeepClone();
            pair[0] = pair[1]!.DeepClone();
            pair[1] = first;
        }

        var read = SnarkJson.ReadProof(Encoding.UTF8.GetBytes(proof.ToJsonString()));
        var key = SnarkJson.ReadKey(Bytes(honest.GetProperty("vk"))).Key;
        Assert.Equal(Verdict.MalformedPoint, Verifier.Verify(key, read, honest.GetProperty("publicSignals").Numbers()));
    }

    static bool Accepts(JsonElement vk, JsonElement proof, JsonElement signals)
    {
        try
        {
            var key = SnarkJson.ReadKey(Bytes(vk)).Key;
            var numbers = SnarkJson.ReadSignals(Bytes(signals));
            return Verifier.Verify(key, SnarkJson.ReadProof(Bytes(proof)), numbers) == Verdict.Accepted;
        }
        catch (ZkFileException)
        {
            return false;
        }
    }

    static void Refused(JsonElement honest, string member, Action<JsonObject> change)
    {
        var file = JsonNode.Parse(Bytes(honest.GetProperty(member)))!.AsObject();
        change(file);
        var bytes = Encoding.UTF8.GetBytes(file.ToJsonString());
        Assert.Throws<ZkFileException>(
            member == "vk" ? () => SnarkJson.ReadKey(bytes) : () => SnarkJson.ReadProof(bytes));
    }

    static byte[] Bytes(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());
}
