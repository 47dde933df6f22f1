using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>
/// The signature that mints a quote with a key (NUT-20). Two messages are in use: the one of NUT-20 as first written,
/// and a later one that binds amounts and lengths (nuts pull request 375). A mint of today takes either.
/// </summary>
static class QuoteSignature
{
    public static void Require(
        string pubkey, string quote, IReadOnlyList<BlindedMessage> outputs, string? signature, MintDialect dialect)
    {
        var key = CurvePoint.Parse(pubkey)!.ToBytes()[1..];
        var signed = Hex.Decode(signature);
        var accepted = signed is not null
            && ((dialect != MintDialect.Nutshell018 && Verify(signed, Message(quote, outputs), key))
                || Verify(signed, FirstMessage(quote, outputs), key));
        if (!accepted)
        {
            throw new MintRefusal(MintError.QuoteSignatureInvalid, "Signature for mint request invalid.");
        }
    }

    /// <summary>NUT-20 §Message aggregation: quote ‖ B_0 ‖ … as text.</summary>
    internal static byte[] FirstMessage(string quote, IEnumerable<BlindedMessage> outputs) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(quote + string.Concat(outputs.Select(output => output.B))));

    /// <summary>A name, then each part with its length: 32 bits big-endian; amounts without leading zeros.</summary>
    internal static byte[] Message(string quote, IEnumerable<BlindedMessage> outputs)
    {
        List<byte> message = [.. "Cashu_MintQuoteSig_v1"u8];
        Part(message, Encoding.UTF8.GetBytes(quote));
        Span<byte> amount = stackalloc byte[8];
        foreach (var output in outputs)
        {
            BinaryPrimitives.WriteUInt64BigEndian(amount, output.Amount);
            Part(message, amount[(BitOperations.LeadingZeroCount(output.Amount) / 8)..]);
            Part(message, Convert.FromHexString(output.B));
        }

        return SHA256.HashData([.. message]);
    }

    static void Part(List<byte> message, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        message.AddRange(length);
        message.AddRange(part);
    }

    static bool Verify(byte[] signature, byte[] message, byte[] key) =>
        Secp256k1.SchnorrVerify(signature, message, key);
}
