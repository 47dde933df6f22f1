using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nostr;

/// <summary>The published vectors of NIP-44 v2, and those that its text prints for the longer prefix.</summary>
public class Nip44Tests
{
    static readonly JsonElement Valid = Vectors.Read("nip44.json").GetProperty("v2").GetProperty("valid");
    static readonly JsonElement Invalid = Vectors.Read("nip44.json").GetProperty("v2").GetProperty("invalid");

    [Fact]
    public void Conversation_keys_are_as_published()
    {
        foreach (var vector in Valid.GetProperty("get_conversation_key").EnumerateArray())
        {
            using var key = SecretKey.FromHex(vector.Text("sec1"));
            Assert.Equal(vector.Text("conversation_key"), Conversation(key, vector.Text("pub2")));
        }
    }

    [Fact]
    public void Message_keys_are_as_published()
    {
        var vectors = Valid.GetProperty("get_message_keys");
        Span<byte> keys = stackalloc byte[76];
        foreach (var vector in vectors.GetProperty("keys").EnumerateArray())
        {
            Nip44Words.MessageKeys(Bytes(vectors, "conversation_key"), Bytes(vector, "nonce"), keys);
            Assert.Equal(
                vector.Text("chacha_key") + vector.Text("chacha_nonce") + vector.Text("hmac_key"),
                Convert.ToHexStringLower(keys));
        }
    }

    [Fact]
    public void Padded_lengths_are_as_published()
    {
        foreach (var vector in Valid.GetProperty("calc_padded_len").EnumerateArray())
        {
            Assert.Equal(vector[1].GetInt32(), Nip44Words.PaddedLength(vector[0].GetInt32()));
        }
    }

    [Fact]
    public void Payloads_are_as_published_and_read_from_both_sides()
    {
        foreach (var vector in Valid.GetProperty("encrypt_decrypt").EnumerateArray())
        {
            using var one = SecretKey.FromHex(vector.Text("sec1"));
            using var two = SecretKey.FromHex(vector.Text("sec2"));
            Assert.Equal(vector.Text("conversation_key"), Conversation(one, two.Pubkey));
            Assert.Equal(vector.Text("conversation_key"), Conversation(two, one.Pubkey));

            var key = Bytes(vector, "conversation_key");
            var payload = Nip44Words.Encrypt(key, vector.Text("plaintext"), Bytes(vector, "nonce"));
            Assert.Equal(vector.Text("payload"), payload);
            Assert.Equal(vector.Text("plaintext"), Nip44Words.TryDecrypt(key, vector.Text("payload"), out _));
        }
    }

    [Fact]
    public void Long_payloads_have_the_published_hashes()
    {
        foreach (var vector in Valid.GetProperty("encrypt_decrypt_long_msg").EnumerateArray())
        {
            var repeat = vector.GetProperty("repeat").GetInt32();
            var text = string.Concat(Enumerable.Repeat(vector.Text("pattern"), repeat));
            Assert.Equal(vector.Text("plaintext_sha256"), Sha256(text));

            var payload = Nip44Words.Encrypt(Bytes(vector, "conversation_key"), text, Bytes(vector, "nonce"));
            Assert.Equal(vector.Text("payload_sha256"), Sha256(payload));
            Assert.Equal(text, Nip44Words.TryDecrypt(Bytes(vector, "conversation_key"), payload, out _));
        }
    }

    [Theory]
    [InlineData(65_535, "6d8c2810d1e870fbaa1f0a0937126cca837a15f9260e27060c331d70a3c0bc84")]
    [InlineData(65_536, "b7b4edb36ba92e267d322d56d9aebc22e7fa96ff52e3c12adc07f07a43cbc616")]
    [InlineData(65_537, "eeb7c7c5373894ea2c1547cfd3ccb15d5a0b2d619da852e5c79df792dcc9e435")]
    public void The_extended_prefix_has_the_hashes_that_the_nip_prints(int length, string expected)
    {
        var key = Convert.FromHexString("c41c775356fd92eadc63ff5a0dc1da211b268cbea22316767095b2871ea1412d");
        var nonce = new byte[32];
        nonce[31] = 1;
        var text = new string('a', length);

        var payload = Nip44Words.Encrypt(key, text, nonce);

        Assert.Equal(expected, Sha256(payload));
        Assert.Equal(text, Nip44Words.TryDecrypt(key, payload, out _));
    }

    [Fact]
    public void Keys_off_the_curve_or_out_of_range_are_refused_as_published()
    {
        foreach (var vector in Invalid.GetProperty("get_conversation_key").EnumerateArray())
        {
            Assert.ThrowsAny<Exception>(() =>
            {
                using var key = SecretKey.FromHex(vector.Text("sec1"));
                _ = Nip44Words.ConversationKey(key, vector.Text("pub2"));
            });
        }
    }

    [Fact]
    public void Payloads_published_as_invalid_are_refused_with_a_code()
    {
        foreach (var vector in Invalid.GetProperty("decrypt").EnumerateArray())
        {
            var key = Bytes(vector, "conversation_key");
            Assert.Null(Nip44Words.TryDecrypt(key, vector.Text("payload"), out var problem));
            Assert.StartsWith("encryption/", problem!.Code, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Empty_and_oversized_and_ill_formed_texts_are_refused()
    {
        Assert.Equal(EncryptionProblems.WrongSize, Refusal(""));
        Assert.Equal(EncryptionProblems.WrongSize, Refusal(new('x', Limits.PlaintextBytesMax + 1)));
        Assert.Equal(EncryptionProblems.WrongSize, Refusal(new('ü', Limits.PlaintextBytesMax - 1)));
        Assert.Equal(EncryptionProblems.NotText, Refusal("\ud800"));

        var largest = Nip44Words.Encrypt(new byte[32], new('x', Limits.PlaintextBytesMax));
        Assert.NotNull(Nip44Words.TryDecrypt(new byte[32], largest, out _));
        Assert.Null(Nip44Words.TryDecrypt(new byte[32], largest + "AAAA", out var problem));
        Assert.Equal(EncryptionProblems.WrongSize, problem);
    }

    [Fact]
    public void One_changed_bit_anywhere_is_refused()
    {
        var key = new byte[32];
        var bytes = Convert.FromBase64String(Nip44Words.Encrypt(key, "hello"));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(Nip44Words.TryDecrypt(key, Convert.ToBase64String(bytes), out _));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    static Problem Refusal(string text) =>
        Assert.Throws<ProblemException>(() => Nip44Words.Encrypt(new byte[32], text)).Problem;

    static string Conversation(SecretKey key, string peer) =>
        Convert.ToHexStringLower(Nip44Words.ConversationKey(key, peer));

    static byte[] Bytes(JsonElement vector, string name) => Convert.FromHexString(vector.Text(name));

    static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
