using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>The signature that unlocks a mint quote (NUT-20), in the message of today and in the one before.</summary>
public static class MintQuoteSignature
{
    /// <summary>64 bytes in hex over the quote and every output, amounts included.</summary>
    public static string Sign(string quote, IReadOnlyList<BlindedMessage> outputs, SecretKey key) =>
        Sign(SHA256.HashData(Message(quote, outputs)), key);

    /// <summary>What mints before mid-2026 verify: the quote and the points, as text.</summary>
    public static string SignLegacy(string quote, IReadOnlyList<BlindedMessage> outputs, SecretKey key) =>
        Sign(SHA256.HashData(LegacyMessage(quote, outputs)), key);

    /// <summary>A tag, then each field after its length in four bytes; amounts are minimal big-endian.</summary>
    internal static byte[] Message(string quote, IReadOnlyList<BlindedMessage> outputs)
    {
        using var message = new MemoryStream();
        message.Write("Cashu_MintQuoteSig_v1"u8);
        Add(Encoding.UTF8.GetBytes(quote));
        Span<byte> amount = stackalloc byte[8];
        foreach (var output in outputs)
        {
            BinaryPrimitives.WriteUInt64BigEndian(amount, output.Amount);
            Add(amount.TrimStart((byte)0));
            Add(Convert.FromHexString(output.B));
        }

        return message.ToArray();

        void Add(ReadOnlySpan<byte> field)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
            message.Write(length);
            message.Write(field);
        }
    }

    internal static byte[] LegacyMessage(string quote, IReadOnlyList<BlindedMessage> outputs) =>
        Encoding.UTF8.GetBytes(quote + string.Concat(outputs.Select(output => output.B)));

    static string Sign(byte[] hash, SecretKey key)
    {
        Span<byte> signature = stackalloc byte[64];
        Secp256k1.SchnorrSign(key.Reveal(), hash, signature);
        return Convert.ToHexStringLower(signature);
    }
}
