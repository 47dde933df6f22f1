using System.Text.Json;
using PoA.Nostr.Tests.Support;
using PoA.Nostr.Tests.Zk;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Eddsa;
using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Tests.Interop;

[Suite("interop")]
public class ZkHashesTests
{
    [Fact]
    public async Task Poseidon_equals_circomlibjs_for_random_inputs_and_tags()
    {
        var lottery = new Lottery(7);
        var cases = Enumerable.Range(0, 160).Select(i =>
        {
            Fr[] inputs = [.. Enumerable.Range(0, 1 + (i % 16)).Select(_ => lottery.Number())];
            return (Inputs: inputs, Tag: i % 3 == 0 ? Fr.Zero : lottery.Number());
        }).ToList();

        var answers = await ZkPeer.AskAsync([.. cases.Select(one => (object)new
        {
            op = "poseidon",
            inputs = Texts(one.Inputs),
            tag = one.Tag.ToString(),
        })]);

        Assert.Equal(
            cases.Select(one => PoseidonHash.Hash(one.Inputs, one.Tag).ToString()),
            answers.Select(answer => answer.GetString()));
    }

    [Fact]
    public async Task Signatures_go_both_ways_with_zk_kit()
    {
        var lottery = new Lottery(8);
        var cases = Enumerable.Range(0, 12).Select(_ => (Seed: lottery.Bytes(32), Message: lottery.Number())).ToList();
        var answers = await ZkPeer.AskAsync([.. cases.SelectMany(one => new object[]
        {
            new { op = "publicKey", seed = Convert.ToHexStringLower(one.Seed) },
            new { op = "sign", seed = Convert.ToHexStringLower(one.Seed), message = one.Message.ToString() },
        })]);
        var questions = new List<object>();
        for (var i = 0; i < cases.Count; i++)
        {
            using var key = new EddsaKey(cases[i].Seed);
            Assert.Equal(Texts([key.PublicKey.X, key.PublicKey.Y]), Strings(answers[2 * i]));
            var theirs = answers[(2 * i) + 1];
            var nonce = theirs.GetProperty("R8").Numbers();
            var signature = new EddsaSignature(new(nonce[0], nonce[1]), theirs.GetProperty("S").Number());
            Assert.True(signature.Verify(key.PublicKey, cases[i].Message));
            var ours = key.Sign(cases[i].Message);
            questions.Add(Question(ours, cases[i].Message, key.PublicKey));
            questions.Add(Question(ours, cases[i].Message + Fr.One, key.PublicKey));
        }

        var verdicts = (await ZkPeer.AskAsync([.. questions])).Select(verdict => verdict.GetBoolean());
        Assert.Equal(Enumerable.Range(0, questions.Count).Select(i => i % 2 == 0), verdicts);
    }

    static object Question(in EddsaSignature signature, in Fr message, in BabyJubJub key) => new
    {
        op = "verifySignature",
        message = message.ToString(),
        r8 = Texts([signature.R8.X, signature.R8.Y]),
        s = signature.S.ToString(),
        key = Texts([key.X, key.Y]),
    };

    static string[] Texts(Fr[] numbers) => [.. numbers.Select(number => number.ToString())];

    static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(text => text.GetString()!);
}
