using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.Lightning;

/// <summary>
/// What an invoice says (BOLT 11). The amount is in millisatoshi, null asks the payer; a description (field d) or the
/// 32 bytes of its hash (field h); the expiry (field x) in seconds.
/// </summary>
sealed record InvoiceFields(
    byte[] PaymentHash, byte[] PaymentSecret, ulong? Amount, string? Description, byte[]? DescriptionHash,
    long Timestamp, int Expiry);

/// <summary>
/// Writes invoices of the devnet (BOLT 11), and only writes: the network knows its own by their text. The service has
/// a codec of its own, and the two share nothing, so that each finds the faults of the other.
/// </summary>
static class InvoiceText
{
    /// <summary>Bitcoin's regtest.</summary>
    const string Prefix = "lnbcrt";
    const string Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    /// <summary>Blocks before the last hop times out.</summary>
    const int FinalCltvDelta = 18;

    /// <summary>var_onion_optin (8) and payment_secret (14) required, basic_mpp (17) optional: BOLT 9.</summary>
    static readonly byte[] Features = [.. FiveBits((1 << 8) | (1 << 14) | (1 << 17))];

    /// <summary>§ Data Part: timestamp, tagged fields, signature; the hash covers all before the signature.</summary>
    public static string Write(InvoiceFields fields, ReadOnlySpan<byte> nodeSecret)
    {
        var readable = Prefix + Amount(fields.Amount);
        List<byte> words = [.. FiveBits((ulong)fields.Timestamp, 7)];
        Tag(words, 's', Pad(fields.PaymentSecret));
        Tag(words, 'p', Pad(fields.PaymentHash));
        if (fields.Description is { } description) Tag(words, 'd', Pad(Encoding.UTF8.GetBytes(description)));
        if (fields.DescriptionHash is { } hash) Tag(words, 'h', Pad(hash));
        Tag(words, 'x', FiveBits((ulong)fields.Expiry));
        Tag(words, 'c', FiveBits(FinalCltvDelta));
        Tag(words, '9', Features);

        Span<byte> signature = stackalloc byte[65];
        var digest = SHA256.HashData([.. Encoding.ASCII.GetBytes(readable), .. Bytes(words)]);
        if (!Ecdsa.SignRecoverable(nodeSecret, digest, signature[..64], out var recovery))
        {
            throw new CryptographicException("A node's key signs.");
        }

        signature[64] = (byte)recovery;
        words.AddRange(Pad(signature));
        return Checked(readable, words);
    }

    /// <summary>§ Human-Readable Part: the largest multiplier that gives a whole number.</summary>
    internal static string Amount(ulong? msat)
    {
        if (msat is not { } amount) return "";

        // 1 BTC = 10^11 msat; the units m, u, n and p are 10^8, 10^5, 10^2 and 10^-1 msat.
        ReadOnlySpan<(ulong Unit, string Letter)> units =
            [(100_000_000_000, ""), (100_000_000, "m"), (100_000, "u"), (100, "n")];
        foreach (var (unit, letter) in units)
        {
            if (amount % unit == 0) return (amount / unit).ToString(CultureInfo.InvariantCulture) + letter;
        }

        return (amount * 10).ToString(CultureInfo.InvariantCulture) + "p";
    }

    /// <summary>§ Tagged Fields: five bits of type, ten of length.</summary>
    static void Tag(List<byte> words, char type, ReadOnlySpan<byte> data)
    {
        words.Add((byte)Digits.IndexOf(type, StringComparison.Ordinal));
        words.Add((byte)(data.Length >> 5));
        words.Add((byte)(data.Length & 31));
        words.AddRange(data);
    }

    /// <summary>Big-endian, without leading zeros unless a length is given.</summary>
    static byte[] FiveBits(ulong value, int? length = null)
    {
        var count = length ?? Math.Max(1, (64 - BitOperations.LeadingZeroCount(value) + 4) / 5);
        var words = new byte[count];
        for (var i = count - 1; i >= 0; i--, value >>= 5) words[i] = (byte)(value & 31);
        return words;
    }

    /// <summary>Bytes as groups of five bits, zeros at the end.</summary>
    static byte[] Pad(ReadOnlySpan<byte> bytes)
    {
        var words = new byte[((bytes.Length * 8) + 4) / 5];
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var set = (bytes[bit / 8] >> (7 - (bit % 8))) & 1;
            words[bit / 5] |= (byte)(set << (4 - (bit % 5)));
        }

        return words;
    }

    /// <summary>Groups of five bits as bytes, zeros at the end.</summary>
    static byte[] Bytes(List<byte> words)
    {
        var bytes = new byte[((words.Count * 5) + 7) / 8];
        for (var bit = 0; bit < words.Count * 5; bit++)
        {
            var set = (words[bit / 5] >> (4 - (bit % 5))) & 1;
            bytes[bit / 8] |= (byte)(set << (7 - (bit % 8)));
        }

        return bytes;
    }

    /// <summary>BIP-173: the readable part, 1, the data and its checksum.</summary>
    static string Checked(string readable, List<byte> words)
    {
        List<byte> summed = [.. readable.Select(c => (byte)(c >> 5)), 0, .. readable.Select(c => (byte)(c & 31))];
        summed.AddRange(words);
        var sum = Checksum([.. summed, 0, 0, 0, 0, 0, 0]) ^ 1;
        var text = new StringBuilder(readable).Append('1');
        foreach (var word in words) text.Append(Digits[word]);
        for (var i = 5; i >= 0; i--) text.Append(Digits[(int)(sum >> (5 * i)) & 31]);
        return text.ToString();
    }

    static uint Checksum(ReadOnlySpan<byte> values)
    {
        ReadOnlySpan<uint> generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
        var sum = 1u;
        foreach (var value in values)
        {
            var top = sum >> 25;
            sum = ((sum & 0x1ffffff) << 5) ^ value;
            for (var i = 0; i < 5; i++) sum ^= ((top >> i) & 1) == 0 ? 0 : generators[i];
        }

        return sum;
    }
}
