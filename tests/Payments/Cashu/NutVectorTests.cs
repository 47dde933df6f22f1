using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Crypto;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>Every vector that the Cashu specifications publish for what a wallet computes.</summary>
public class NutVectorTests
{
    static readonly JsonElement Nuts = Vectors.Read("nuts.json");
    static readonly DateTimeOffset Now = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Messages_hash_to_the_published_points()
    {
        foreach (var vector in Nuts.GetProperty("hash_to_curve").EnumerateArray())
        {
            Assert.Equal(vector.Text("point"), Bdhke.HashToCurve(Bytes(vector, "message")).ToHex());
        }
    }

    [Fact]
    public void Secrets_are_blinded_as_published()
    {
        foreach (var vector in Nuts.GetProperty("blind").EnumerateArray())
        {
            var y = Bdhke.HashToCurve(Bytes(vector, "x"));
            Assert.Equal(vector.Text("B_"), y.AddGenerator(Bytes(vector, "r"))!.ToHex());
        }
    }

    [Fact]
    public void What_a_mint_signed_blindly_unblinds_to_its_signature()
    {
        foreach (var vector in Nuts.GetProperty("sign").EnumerateArray())
        {
            var signed = CurvePoint.Parse(vector.Text("B_"))!.Multiply(Bytes(vector, "k"))!;
            Assert.Equal(vector.Text("C_"), signed.ToHex());
        }

        byte[] k = [.. new byte[31], 9], r = [.. new byte[31], 5];
        var key = CurvePoint.OfSecret(k)!;
        var blindSignature = Bdhke.Blind("a secret", r)!.Multiply(k)!;
        Assert.Equal(Bdhke.HashToCurve("a secret").Multiply(k), Bdhke.Unblind(blindSignature, r, key));
    }

    [Fact]
    public void The_challenge_hashes_points_as_uncompressed_text()
    {
        var points = Nuts.GetProperty("hash_e").GetProperty("points").EnumerateArray()
            .Select(point => CurvePoint.Parse(point.GetString())!);
        Assert.Equal(
            Nuts.GetProperty("hash_e").Text("hash"),
            Convert.ToHexStringLower(Bdhke.Challenge([.. points])));
    }

    [Fact]
    public void Proofs_of_equality_hold_for_the_one_who_asked_and_for_the_one_who_received()
    {
        var dleq = Nuts.GetProperty("dleq");
        var key = CurvePoint.Parse(dleq.Text("key"))!;
        var signature = dleq.GetProperty("signature");
        var (blinded, signed) = (CurvePoint.Parse(dleq.Text("B_"))!, CurvePoint.Parse(signature.Text("C_"))!);
        var (e, s) = (Bytes(signature.GetProperty("dleq"), "e"), Bytes(signature.GetProperty("dleq"), "s"));
        Assert.True(Bdhke.VerifyDleq(key, blinded, signed, e, s));
        Assert.False(Bdhke.VerifyDleq(key, blinded, signed, s, e));
        Assert.False(Bdhke.VerifyDleq(key, blinded, blinded.Negate(), e, s));
        Assert.False(Bdhke.VerifyDleq(key, blinded, signed, new byte[32], new byte[32]));

        var proof = dleq.GetProperty("proof").Deserialize(CashuJson.Default.Proof)!;
        Assert.Null(proof.RefuseSignature(key));
        Assert.Equal(CashuProblems.ProofForged, (proof with { Secret = "another" }).RefuseSignature(key));
        Assert.Equal(CashuProblems.ProofForged, proof.RefuseSignature(key.Negate()));
        Assert.Equal(CashuProblems.ProofIncomplete, (proof with { Dleq = null }).RefuseSignature(key));
        Assert.Equal(
            CashuProblems.ProofIncomplete,
            (proof with { Dleq = proof.Dleq! with { R = null } }).RefuseSignature(key));
    }

    [Fact]
    public void The_published_nonce_makes_a_proof_that_we_accept()
    {
        var vector = Nuts.GetProperty("dleq_nonce");
        Assert.True(Bdhke.VerifyDleq(
            CurvePoint.Parse(vector.Text("A"))!, CurvePoint.Parse(vector.Text("B_"))!,
            CurvePoint.Parse(vector.Text("C_"))!, Bytes(vector, "e"), Bytes(vector, "s")));
    }

    [Fact]
    public void Keysets_have_the_ids_that_their_keys_give_them()
    {
        foreach (var vector in Nuts.GetProperty("keyset_ids").EnumerateArray())
        {
            var keyset = Read(vector);
            Assert.Equal(vector.Text("id"), keyset.Id);
        }
    }

    [Fact]
    public void A_keyset_whose_id_fee_or_key_was_changed_is_refused()
    {
        var vector = Nuts.GetProperty("keyset_ids")[0];
        var keys = Keys(vector.GetProperty("keys"));
        var (id, expiry) = (vector.Text("id"), vector.GetProperty("expiry").GetInt64());
        Refused(() => Keyset.Check(id, "sat", true, 101, expiry, keys));
        Refused(() => Keyset.Check(id, "usd", true, 100, expiry, keys));
        Refused(() => Keyset.Check(id, "sat", true, 100, null, keys));
        Refused(() => Keyset.Check(id[..^1] + "b", "sat", true, 100, expiry, keys));
        Refused(() => Keyset.Check(id, "sat", true, 100, expiry, keys.Skip(1).ToDictionary()));

        static void Refused(Func<Keyset> check) => Assert.Equal(
            "cashu/keyset-forged", Assert.Throws<ProblemException>(() => check()).Problem.Code);
    }

    [Fact]
    public void Keysets_with_broken_keys_are_refused_and_amounts_reach_two_to_the_63()
    {
        foreach (var keys in Nuts.GetProperty("keys").GetProperty("refused").EnumerateArray())
        {
            Assert.Throws<ProblemException>(() => Keyset.Check("00456a94ab4e1c46", "sat", true, 0, null, Keys(keys)));
        }

        var accepted = Nuts.GetProperty("keys").GetProperty("accepted").EnumerateArray().ToList();
        Assert.Equal(4, Keyset.Check("00456a94ab4e1c46", "sat", true, 0, null, Keys(accepted[0])).Keys.Count);
        var large = Keyset.Check("000f01df73ea149a", "sat", true, 0, null, Keys(accepted[1]));
        Assert.Contains(9_223_372_036_854_775_808UL, large.Keys.Keys);
        Assert.Equal([1UL, 4, 16], large.Split(21));
    }

    [Fact]
    public void Keysets_of_other_versions_are_named_unsupported()
    {
        var bls = "02" + new string('a', 64);
        Assert.False(Keyset.IsSupported(bls));
        Assert.Equal(
            CashuProblems.UnsupportedKeyset,
            Assert.Throws<ProblemException>(() => Keyset.Check(bls, "sat", true, 0, null, new Dictionary<string, string>
            {
                ["1"] = new string('b', 192),
            })).Problem);
    }

    [Fact]
    public void Secrets_are_derived_as_published_in_both_versions()
    {
        var derivation = Nuts.GetProperty("derivation");
        using var seed = WalletSeed.Parse(derivation.Text("mnemonic"));
        foreach (var version in (string[])["v1", "v2"])
        {
            var vector = derivation.GetProperty(version);
            for (var counter = 0; counter < 5; counter++)
            {
                var (secret, r) = seed.Derive(vector.Text("keyset"), counter);
                Assert.Equal(vector.GetProperty("secrets")[counter].GetString(), secret);
                Assert.Equal(vector.GetProperty("r")[counter].GetString(), Convert.ToHexStringLower(r));
            }
        }
    }

    [Fact]
    public void A_scalar_above_the_order_is_reduced()
    {
        var scalar = Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364143");
        WalletSeed.Reduce(scalar);
        Assert.Equal([.. new byte[31], 2], scalar);
    }

    [Fact]
    public void Spending_conditions_hold_exactly_where_the_specification_says()
    {
        var index = 0;
        foreach (var vector in Nuts.GetProperty("conditions").EnumerateArray())
        {
            var inputs = vector.GetProperty("inputs").Deserialize(CashuJson.Default.ProofArray)!;
            Assert.True(
                vector.GetProperty("valid").GetBoolean()
                    == Witness.Verify(inputs, Outputs(vector), vector.GetProperty("quote").GetString(), Now),
                string.Create(CultureInfo.InvariantCulture, $"Condition {index} of the page."));
            index++;
        }

        Assert.Equal(19, index);
    }

    [Fact]
    public void The_message_that_covers_all_inputs_and_outputs_is_as_published()
    {
        foreach (var vector in Nuts.GetProperty("sig_all_hashes").EnumerateArray())
        {
            var request = Nuts.GetProperty("conditions")[vector.GetProperty("index").GetInt32()];
            var inputs = request.GetProperty("inputs").Deserialize(CashuJson.Default.ProofArray)!;
            var message = Witness.MessageOfAll(inputs, Outputs(request), request.GetProperty("quote").GetString());
            Assert.Equal(vector.Text("hash"), Sha256(Encoding.UTF8.GetBytes(message)));
        }
    }

    [Fact]
    public void Mint_quotes_are_signed_in_the_message_of_today()
    {
        foreach (var vector in Nuts.GetProperty("mint_signature").EnumerateArray())
        {
            BlindedMessage[] outputs =
                [.. vector.GetProperty("B_").EnumerateArray().Select(b => new BlindedMessage(1, "00", b.GetString()!))];
            var message = MintQuoteSignature.Message(vector.Text("quote"), outputs);
            Assert.Equal(vector.Text("hash"), Sha256(message));
            Assert.True(Secp256k1.SchnorrVerify(
                Bytes(vector, "signature"), SHA256.HashData(message), Bytes(vector, "pubkey").AsSpan(1)));
        }
    }

    [Fact]
    public void Mint_quotes_are_signed_in_the_message_before_it()
    {
        var vector = Nuts.GetProperty("mint_signature_legacy");
        var valid = vector.GetProperty("valid");
        var message = MintQuoteSignature.LegacyMessage(valid.Text("quote"), Outputs(valid));
        Assert.Equal(vector.Text("message"), Encoding.UTF8.GetString(message));
        var key = Bytes(vector, "pubkey").AsSpan(1);
        Assert.True(Secp256k1.SchnorrVerify(Bytes(valid, "signature"), SHA256.HashData(message), key));
        Assert.False(Secp256k1.SchnorrVerify(
            Bytes(vector.GetProperty("invalid"), "signature"), SHA256.HashData(message), key));
    }

    static BlindedMessage[] Outputs(JsonElement request) =>
    [
        .. request.GetProperty("outputs").EnumerateArray().Select(output =>
            new BlindedMessage(output.GetProperty("amount").GetUInt64(), output.Text("id"), output.Text("B_"))),
    ];

    static Keyset Read(JsonElement vector) => Keyset.Check(
        vector.Text("id"), "sat", true, vector.GetProperty("fee").GetInt32(),
        vector.GetProperty("expiry") is { ValueKind: JsonValueKind.Number } expiry ? expiry.GetInt64() : null,
        Keys(vector.GetProperty("keys")));

    static Dictionary<string, string> Keys(JsonElement keys) =>
        keys.EnumerateObject().ToDictionary(key => key.Name, key => key.Value.GetString()!);

    static byte[] Bytes(JsonElement vector, string name) => Convert.FromHexString(vector.Text(name));

    static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
