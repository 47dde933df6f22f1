using System.Formats.Cbor;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>Tokens and payment requests: the published ones, and what a stranger may send instead.</summary>
public class CashuTokenTests
{
    static readonly JsonElement Nuts = Vectors.Read("nuts.json");
    static readonly string V3 = Nuts.GetProperty("token_v3").Text("token");

    [Fact]
    public void A_version_3_token_is_read_and_written_as_published()
    {
        var expected = Nuts.GetProperty("token_v3").GetProperty("json");
        var token = CashuToken.Parse(V3);
        Assert.Equal(expected.GetProperty("token")[0].Text("mint"), token.Mint);
        Assert.Equal((10UL, "sat", "Thank you."), (token.Amount, token.Unit, token.Memo));
        Assert.Equal(expected.GetProperty("token")[0].GetProperty("proofs")[1].Text("secret"), token.Proofs[1].Secret);
        Assert.Equal(V3, token.WriteV3());
        foreach (var either in Nuts.GetProperty("token_v3").GetProperty("padding").EnumerateArray())
        {
            Assert.Equal("Thank you very much.", CashuToken.Parse(either.GetString()!).Memo);
        }
    }

    [Fact]
    public void A_version_4_token_is_read_and_written_as_published()
    {
        foreach (var vector in Nuts.GetProperty("token_v4").EnumerateArray())
        {
            var token = CashuToken.Parse(vector.Text("token"));
            var groups = vector.GetProperty("fields").GetProperty("t").EnumerateArray();
            Assert.Equal(
                groups.SelectMany(group => group.GetProperty("p").EnumerateArray(), (group, proof) =>
                    new Proof(proof.GetProperty("a").GetUInt64(), group.Text("i"), proof.Text("s"), proof.Text("c"))),
                token.Proofs);
            Assert.Equal(vector.Text("token").TrimEnd('='), token.Write());
        }

        var raw = Convert.FromHexString(Nuts.Text("token_raw"));
        Assert.Equal("Thank you", CashuToken.ParseRaw(raw).Memo);
        Assert.Equal(raw, CashuToken.ParseRaw(raw).WriteRaw());
    }

    [Theory]
    [InlineData("cashu:")]
    [InlineData("cashu://")]
    [InlineData("  ")]
    public void A_token_may_come_as_a_link(string prefix) => Assert.Equal(10UL, CashuToken.Parse(prefix + V3).Amount);

    [Fact]
    public void A_signed_and_proven_token_survives_the_journey_in_both_versions()
    {
        var proof = Nuts.GetProperty("dleq").GetProperty("proof").Deserialize(CashuJson.Default.Proof)!;
        var token = new CashuToken("https://mint.example", "sat", [proof with { Witness = """{"preimage":"00"}""" }]);
        Assert.Equal(token.Proofs, CashuToken.Parse(token.Write()).Proofs);
        Assert.Equal(token.Proofs, CashuToken.Parse(token.WriteV3()).Proofs);
        Assert.DoesNotContain(proof.Secret, $"{token} {proof}", StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_token_is_refused()
    {
        foreach (var text in Nuts.GetProperty("token_v3").GetProperty("refused").EnumerateArray())
        {
            Refused(CashuProblems.MalformedToken, text.GetString()!);
        }

        Refused(CashuProblems.MalformedToken, "");
        Refused(CashuProblems.MalformedToken, "cashuB");
        Refused(CashuProblems.MalformedToken, "cashuA" + Base64("null"u8));
        Refused(CashuProblems.MalformedToken, "cashuA" + Base64("""{"token":[]}"""u8));
        Refused(CashuProblems.MalformedToken, "cashuA" + Base64("""{"token":[{"mint":"m","proofs":[]}]}"""u8));
        Refused(CashuProblems.MalformedToken, V3[..^7]);
        Refused(CashuProblems.TokenTooLarge, "cashuA" + new string('A', CashuToken.BytesMax));
        Refused(CashuProblems.MalformedToken, "cashuA" + Base64(Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat("""{"token":""", 200)))));
    }

    [Fact]
    public void Cbor_that_is_loose_or_a_bomb_is_refused()
    {
        var bytes = CashuToken.Parse(V3).WriteRaw()[5..];
        Refused(CashuProblems.MalformedToken, "cashuB" + Base64([.. bytes, 0]));
        // Map of indefinite length; array that claims a billion items; a key twice; nesting without end.
        Refused(CashuProblems.MalformedToken, "cashuB" + Base64([0xbf, 0xff]));
        Refused(CashuProblems.MalformedToken, "cashuB" + Base64([0xa1, 0x61, (byte)'t', 0x9a, 0x3b, 0x9a, 0xca, 0]));
        Refused(CashuProblems.MalformedToken, "cashuB" + Base64(
            [0xa2, 0x61, (byte)'m', 0x61, (byte)'a', 0x61, (byte)'m', 0x61, (byte)'a']));
        Refused(CashuProblems.MalformedToken, "cashuB" + Base64(
            [0xa1, 0x61, (byte)'x', .. Enumerable.Repeat((byte)0x81, 40_000), 0]));
    }

    [Fact]
    public void Keys_that_we_do_not_know_are_passed_over()
    {
        var known = CashuToken.Parse(Nuts.GetProperty("token_v4")[0].Text("token"));
        var reader = new CborReader(known.WriteRaw().AsMemory(5));
        var writer = new CborWriter();
        writer.WriteStartMap(reader.ReadStartMap() + 1);
        writer.WriteTextString("later");
        writer.WriteEncodedValue([0x82, 0x01, 0xa1, 0x61, (byte)'k', 0xf6]);
        while (reader.PeekState() != CborReaderState.EndMap) writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
        writer.WriteEndMap();
        Assert.Equal(known.Proofs, CashuToken.Parse("cashuB" + Base64(writer.Encode())).Proofs);
    }

    [Fact]
    public void A_token_of_two_mints_is_two_tokens_and_not_one()
    {
        var both = "cashuA" + Base64("""
            {"token":[{"mint":"https://a.example/","proofs":[{"amount":1,"id":"00","secret":"s","C":"c"}]},
            {"mint":"https://b.example","proofs":[{"amount":2,"id":"00","secret":"t","C":"c"}]},
            {"mint":"https://a.example","proofs":[{"amount":4,"id":"00","secret":"u","C":"c"}]}],"unit":"sat"}
            """u8);
        Assert.Equal(
            [("https://a.example", 5UL), ("https://b.example", 2UL)],
            CashuToken.ParseEach(both).Select(token => (token.Mint, token.Amount)));
        Refused(CashuProblems.SeveralMints, both);
    }

    [Fact]
    public void A_proof_that_stands_there_twice_is_refused()
    {
        var token = CashuToken.Parse(V3);
        Refused(CashuProblems.DuplicateProof, (token with { Proofs = [.. token.Proofs, token.Proofs[0]] }).Write());
        Refused(CashuProblems.TokenTooLarge, (token with
        {
            Proofs = [.. Enumerable.Range(0, 257).Select(i => new Proof(1, "00", $"s{i}", "02"))],
        }).Write());
    }

    [Fact]
    public void Payment_requests_are_read_as_published_and_survive_being_written()
    {
        foreach (var vector in Nuts.GetProperty("payment_requests").EnumerateArray())
        {
            var fields = vector.GetProperty("fields");
            var request = PaymentRequest.Parse(vector.Text("request"));
            Assert.Equal(fields.Text("i"), request.Id);
            Assert.Equal(fields.Text("u"), request.Unit);
            Assert.Equal(
                fields.TryGetProperty("a", out var amount) ? amount.GetUInt64() : null, request.Amount);
            Assert.Equal(
                fields.TryGetProperty("nut10", out var locked) ? locked.Text("d") : null, request.Lock?.Data);
            Assert.Equal(
                fields.TryGetProperty("t", out var ways) ? ways[0].Text("t") : null,
                request.Transports.FirstOrDefault()?.Type);
            var again = PaymentRequest.Parse(request.Write());
            Assert.Equal(Describe(request), Describe(again));
        }

        static string Describe(PaymentRequest request) => JsonSerializer.Serialize(request);
    }

    [Fact]
    public void A_token_answers_a_request_or_is_told_why_not()
    {
        var token = CashuToken.Parse(V3);
        var request = new PaymentRequest("id", 10, "sat", [token.Mint]);
        Assert.Null(request.Refuse(token));
        Assert.Equal("cashu/mint-not-listed", (request with { Mints = ["https://m.example"] }).Refuse(token)?.Code);
        Assert.Equal("cashu/too-little", (request with { Amount = 11 }).Refuse(token)?.Code);
        Assert.Equal(CashuProblems.WrongUnit, (request with { Unit = "usd" }).Refuse(token));
        Assert.Equal(CashuProblems.NotOurs, (request with { Lock = new("P2PK", "02aa") }).Refuse(token));
        Assert.Throws<ProblemException>(() => PaymentRequest.Parse("creqA" + new string('A', 20_000)));
        Assert.Throws<ProblemException>(() => PaymentRequest.Parse("creqAoWFh"));
    }

    [Fact]
    public void A_nutzap_is_a_token_and_back_and_one_without_proofs_is_none()
    {
        var token = CashuToken.Parse(V3);
        var zap = NutzapToken.Write(token, new string('a', 64), token.Mint + "/", null);
        Assert.Equal(token.Proofs, NutzapToken.Read(zap).Proofs);
        Assert.Equal(token.Mint, NutzapToken.Read(zap).Mint);
        foreach (var proof in (string[])["null", "{}", "[]", """{"amount":-1,"id":"00","secret":"s","C":"c"}"""])
        {
            var thrown = Assert.Throws<ProblemException>(() => NutzapToken.Read(zap with { Proofs = [proof] }));
            Assert.Equal(CashuProblems.MalformedToken, thrown.Problem);
        }
    }

    static void Refused(Problem problem, string text) =>
        Assert.Equal(problem, Assert.Throws<ProblemException>(() => CashuToken.Parse(text)).Problem);

    static string Base64(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
