using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Lightning;

/// <summary>
/// Lightning invoices (BOLT 11): reading with every MUST of a reader, and writing. Strict where the text leaves room:
/// a field that may stand once stands once, amounts have no leading zeros.
/// </summary>
public static class Bolt11
{
    /// <summary>What fits a QR code.</summary>
    public const int CharsMax = 7_089;

    const int SignatureWords = 104;
    const int TimestampWords = 7;
    const int PrefixCharsMax = 24;

    /// <summary>All bitcoin there will ever be, in millisatoshi.</summary>
    const long MsatMax = 21_000_000L * 100_000_000 * 1_000;

    /// <summary>Longest first: a prefix of one is a prefix of another.</summary>
    static readonly string[] Networks = ["bcrt", "tbs", "bc", "tb"];

    /// <summary>Millisatoshi of one unit; pico is a tenth, and needs a zero at its end.</summary>
    static readonly Dictionary<char, long> Units = new()
    {
        ['m'] = 100_000_000,
        ['u'] = 100_000,
        ['n'] = 100,
    };

    const long MsatPerBitcoin = 100_000_000_000;

    /// <summary>Null and a problem for anything but a whole, valid, signed invoice. Never throws.</summary>
    public static Bolt11Invoice? TryRead(string text, out Problem? problem)
    {
        problem = LightningProblems.NotAnInvoice;
        if (text.StartsWith("lightning:", StringComparison.OrdinalIgnoreCase)) text = text[10..];
        if (!Bech32.TryDecodeWords(text, CharsMax, out var prefix, out var words)) return null;
        if (words.Length < TimestampWords + SignatureWords || ReadPrefix(prefix) is not { } readable) return null;

        var signed = words.AsSpan(..^SignatureWords);
        var fields = new Bolt11Fields(signed[TimestampWords..]);
        if (!fields.AreWhole || fields.Refuse() is { } refused && (problem = refused) is not null) return null;

        if (!Bech32.TryToBytes(words.AsSpan(^SignatureWords..), out var signature)) return null;
        var payee = Payee(Digest(prefix, signed), signature, fields.Node);
        if (payee is null)
        {
            problem = LightningProblems.WrongSignature;
            return null;
        }

        problem = null;
        var invoice = new Bolt11Invoice(
            readable.Network, readable.Amount, Number(signed[..TimestampWords]), fields.PaymentHash!,
            fields.PaymentSecret!);
        return fields.Complete(invoice with { Payee = payee, StatesPayee = fields.Node is not null });
    }

    /// <summary>As <see cref="TryRead"/>, for what must be one.</summary>
    /// <exception cref="ProblemException">One of <see cref="LightningProblems"/>.</exception>
    public static Bolt11Invoice Read(string text) =>
        TryRead(text, out var problem) ?? throw new ProblemException(problem!);

    /// <summary>Signs and writes an invoice; the payee is whoever the key belongs to.</summary>
    public static string Write(Bolt11Invoice invoice, ReadOnlySpan<byte> secret)
    {
        var prefix = $"ln{invoice.Network}{WriteAmount(invoice.Amount)}";
        var key = CurvePoint.OfSecret(secret) ?? throw new CryptographicException("Not a secret key.");
        List<byte> words = [.. Words(invoice.CreatedAt, TimestampWords)];
        Bolt11Fields.Write(words, invoice, invoice.StatesPayee ? key.ToBytes() : null);
        var signature = new byte[65];
        if (!Ecdsa.SignRecoverable(secret, Digest(prefix, [.. words]), signature.AsSpan(..64), out var recovery))
        {
            throw new CryptographicException("Not a secret key.");
        }

        signature[64] = (byte)recovery;
        return Bech32.EncodeWords(prefix, [.. words, .. Bech32.ToWords(signature)]);
    }

    /// <summary>Big-endian, five bits a word; minus one when it does not fit.</summary>
    internal static long Number(ReadOnlySpan<byte> words)
    {
        var value = 0L;
        foreach (var word in words)
        {
            if (value > long.MaxValue >> 5) return -1;
            value = (value << 5) | word;
        }

        return value;
    }

    /// <summary>Big-endian, without leading zeros unless a length is given.</summary>
    internal static byte[] Words(long value, int length = 0)
    {
        List<byte> words = [];
        for (; value > 0 || words.Count < length; value >>= 5) words.Insert(0, (byte)(value & 31));
        return words.Count == 0 ? [0] : [.. words];
    }

    /// <summary>§ Data Part: the readable part and the words before the signature, zeros up to a whole byte.</summary>
    static byte[] Digest(string prefix, ReadOnlySpan<byte> words)
    {
        var bytes = new byte[((words.Length * 5) + 7) / 8];
        var (held, bits, at) = (0u, 0, 0);
        foreach (var word in words)
        {
            held = ((held & 0xff) << 5) | word;
            bits += 5;
            if (bits >= 8) bytes[at++] = (byte)((held >> (bits -= 8)) & 255);
        }

        if (bits > 0) bytes[at] = (byte)((held << (8 - bits)) & 255);
        return SHA256.HashData([.. Encoding.ASCII.GetBytes(prefix), .. bytes]);
    }

    /// <summary>With field n that key must have signed, with low s; without, whoever signed is paid.</summary>
    static string? Payee(byte[] digest, byte[] signature, string? stated)
    {
        if (stated is null) return Ecdsa.Recover(signature.AsSpan(..64), signature[64], digest)?.ToHex();

        return CurvePoint.Parse(stated) is { } node && signature[64] <= 3
            && Ecdsa.Verify(signature.AsSpan(..64), digest, node)
                ? stated
                : null;
    }

    /// <summary>§ Human-Readable Part.</summary>
    static (string Network, Msat? Amount)? ReadPrefix(string prefix)
    {
        if (prefix.Length > PrefixCharsMax || !prefix.StartsWith("ln", StringComparison.Ordinal)) return null;
        foreach (var network in Networks)
        {
            if (!prefix.AsSpan(2).StartsWith(network)) continue;
            var amount = prefix.AsSpan(2 + network.Length);
            if (amount.Length == 0) return (network, null);
            if (ReadAmount(amount) is { } msat) return (network, msat);
        }

        return null;
    }

    static Msat? ReadAmount(ReadOnlySpan<char> text)
    {
        var last = text[^1];
        var digits = char.IsAsciiDigit(last) ? text : text[..^1];
        if (digits.Length is 0 or > 18 || digits[0] == '0' || digits.ContainsAnyExceptInRange('0', '9')) return null;

        var number = (Int128)long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (last == 'p' && digits[^1] != '0') return null;
        Int128? msat = last == 'p' ? number / 10
            : char.IsAsciiDigit(last) ? number * MsatPerBitcoin
            : Units.TryGetValue(last, out var unit) ? number * unit : null;
        return msat is { } amount && amount <= MsatMax ? new Msat((long)amount) : null;
    }

    /// <summary>The largest unit that gives a whole number.</summary>
    static string WriteAmount(Msat? amount)
    {
        if (amount is not { Value: var msat }) return "";

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(msat);
        if (msat % MsatPerBitcoin == 0) return string.Create(CultureInfo.InvariantCulture, $"{msat / MsatPerBitcoin}");
        foreach (var (letter, unit) in Units)
        {
            if (msat % unit == 0) return string.Create(CultureInfo.InvariantCulture, $"{msat / unit}{letter}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(Int128)msat * 10}p");
    }
}
