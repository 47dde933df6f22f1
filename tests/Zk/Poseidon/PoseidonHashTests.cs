using System.Text.Json;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Tests.Zk.Poseidon;

public class PoseidonHashTests
{
    [Fact]
    public void Every_width_equals_circomlib()
    {
        var cases = ZkVectors.Cases("poseidon_circomlib.json").ToList();
        foreach (var vector in cases)
        {
            var inputs = vector.GetProperty("inputs").Numbers();
            var tag = vector.TryGetProperty("initialState", out var state) ? state.Number() : Fr.Zero;
            Fr[] permuted = [tag, .. inputs];
            PoseidonHash.Permute(permuted);
            if (vector.TryGetProperty("outs", out var outs)) Assert.Equal(outs.Numbers(), permuted);
            if (vector.TryGetProperty("out", out var expected)) Assert.Equal(expected.Number(), permuted[0]);
            Assert.Equal(permuted[0], PoseidonHash.Hash(inputs, tag));
        }

        Assert.Equal(80, cases.Count);
        Assert.Equal(16, cases.Select(vector => vector.GetProperty("t").GetInt32()).Distinct().Count());
    }

    [Fact]
    public void Many_at_a_time_equal_one_at_a_time_in_every_width_and_on_both_paths()
    {
        for (var count = 1; count <= 16; count++)
        {
            Fr[] inputs = [.. Enumerable.Range(0, 19 * count).Select(i => -Fr.FromUInt64((ulong)(i * i)))];
            Fr[] expected = [.. inputs.Chunk(count).Select(chunk => PoseidonHash.Hash(chunk, DomainTag.Leaf))];
            foreach (var arithmetic in Enum.GetValues<Arithmetic>())
            {
                var hashes = new Fr[19];
                PoseidonHash.HashMany(inputs, hashes, DomainTag.Leaf, arithmetic);
                Assert.Equal(expected, hashes);
            }
        }
    }

    [Fact]
    public void Bytes_in_either_order_equal_light_poseidon()
    {
        var read = 0;
        foreach (var vector in ZkVectors.Cases("poseidon_light.json"))
        {
            var little = vector.TryGetProperty("inputs_le", out var inputs);
            if (!little) inputs = vector.GetProperty("inputs_be");
            var hash = PoseidonHash.Hash([.. inputs.EnumerateArray().Select(text => Element(text, little))]);
            var bytes = hash.ToBytes();
            if (!little) Array.Reverse(bytes);
            var expected = vector.GetProperty(little ? "out_le" : "out_be").GetString();
            Assert.Equal(expected, Convert.ToHexStringLower(bytes));
            read++;
        }

        Assert.Equal(3, read);
    }

    [Fact]
    public void The_first_constants_are_the_published_ones()
    {
        var three = PoseidonParameters.OfWidth(3);
        Assert.Equal(
            Hexadecimal("0ee9a592ba9a9518d05986d656f40c2114c4993c11bb29938d21d47304cd8e6e"), three.Constants[0][0]);
        Assert.Equal(
            Hexadecimal("109b7f411ba0e4c9b2b70caf5c36a7b194be7c11ad24378bfedb68592ba8118b"), three.Mix[0][0]);
    }

    [Fact]
    public void A_tag_changes_the_hash_and_is_the_documented_number()
    {
        Assert.NotEqual(PoseidonHash.Hash([Fr.One], DomainTag.Subject), PoseidonHash.Hash([Fr.One]));
        var sha = System.Security.Cryptography.SHA256.HashData("PoA.Nostr/zk/v1/leaf"u8);
        Assert.Equal(new System.Numerics.BigInteger(sha.AsSpan(0, 31), true, true), DomainTag.Leaf.ToBigInteger());
    }

    [Fact]
    public void No_input_and_seventeen_inputs_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PoseidonHash.Hash([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoseidonHash.Hash(new Fr[17]));
    }

    /// <summary>
    /// The published cases say "bytes reduced": reduction is the caller's, we refuse what is not canonical.
    /// </summary>
    static Fr Element(JsonElement text, bool little)
    {
        var bytes = Convert.FromHexString(text.GetString()!);
        var number = new System.Numerics.BigInteger(bytes, isUnsigned: true, isBigEndian: !little);
        return Fr.FromBigInteger(number % Fr.Modulus);
    }

    static Fr Hexadecimal(string hex) =>
        Fr.TryReadBigEndian(Convert.FromHexString(hex), out var value) ? value : throw new FormatException(hex);
}
