using System.Text;

namespace PoA.Nostr.Crypto;

/// <summary>Bech32, not bech32m (BIP-173), without its limit of 90 characters: the caller states one.</summary>
public static class Bech32
{
    const string Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const int ChecksumDigits = 6;
    static ReadOnlySpan<uint> Generator => [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    public static string Encode(string prefix, ReadOnlySpan<byte> bytes) => EncodeWords(prefix, ToWords(bytes));

    /// <summary>Encodes words of five bits each, as they are.</summary>
    public static string EncodeWords(string prefix, ReadOnlySpan<byte> words)
    {
        var text = new StringBuilder(prefix, prefix.Length + 1 + words.Length + ChecksumDigits).Append('1');
        var sum = 1u;
        Absorb(ref sum, prefix);
        foreach (var word in words)
        {
            Step(ref sum, word);
            text.Append(Digits[word]);
        }

        for (var i = 0; i < ChecksumDigits; i++) Step(ref sum, 0);
        sum ^= 1;
        for (var i = ChecksumDigits - 1; i >= 0; i--) text.Append(Digits[(int)(sum >> (5 * i)) & 31]);
        return text.ToString();
    }

    /// <summary>False for anything but one whole bech32 text of bytes, in one case.</summary>
    public static bool TryDecode(string text, int charsMax, out string prefix, out byte[] bytes)
    {
        bytes = [];
        return TryDecodeWords(text, charsMax, out prefix, out var words) && TryToBytes(words, out bytes);
    }

    /// <summary>The same for words of five bits, which need not make up whole bytes.</summary>
    public static bool TryDecodeWords(string text, int charsMax, out string prefix, out byte[] words)
    {
        (prefix, words) = ("", []);
        if (text.Length > charsMax) return false;

        if (text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper)) return false;

        var lower = text.ToLowerInvariant();

        var at = lower.LastIndexOf('1');
        if (at < 1 || lower.Length - at - 1 < ChecksumDigits) return false;

        var sum = 1u;
        Absorb(ref sum, lower.AsSpan(0, at));
        var read = new byte[lower.Length - at - 1];
        for (var i = 0; i < read.Length; i++)
        {
            var digit = Digits.IndexOf(lower[at + 1 + i], StringComparison.Ordinal);
            if (digit < 0) return false;
            read[i] = (byte)digit;
            Step(ref sum, read[i]);
        }

        if (sum != 1) return false;
        (prefix, words) = (lower[..at], read[..^ChecksumDigits]);
        foreach (var c in prefix)
        {
            if (c is < '!' or > '~') return false;
        }

        return true;
    }

    public static byte[] ToWords(ReadOnlySpan<byte> bytes)
    {
        var words = new byte[((bytes.Length * 8) + 4) / 5];
        var (held, bits, at) = (0u, 0, 0);
        foreach (var value in bytes)
        {
            held = (held << 8) | value;
            for (bits += 8; bits >= 5;) words[at++] = (byte)((held >> (bits -= 5)) & 31);
        }

        if (bits > 0) words[at] = (byte)((held << (5 - bits)) & 31);
        return words;
    }

    /// <summary>False when bits are left over that are too many or not zero.</summary>
    public static bool TryToBytes(ReadOnlySpan<byte> words, out byte[] bytes)
    {
        bytes = new byte[words.Length * 5 / 8];
        var (held, bits, at) = (0u, 0, 0);
        foreach (var word in words)
        {
            held = (held << 5) | word;
            bits += 5;
            if (bits >= 8) bytes[at++] = (byte)((held >> (bits -= 8)) & 255);
        }

        return bits < 5 && (held & ((1u << bits) - 1)) == 0;
    }

    static void Absorb(ref uint sum, ReadOnlySpan<char> prefix)
    {
        foreach (var c in prefix) Step(ref sum, (uint)c >> 5);
        Step(ref sum, 0);
        foreach (var c in prefix) Step(ref sum, (uint)c & 31);
    }

    static void Step(ref uint sum, uint word)
    {
        var top = sum >> 25;
        sum = ((sum & 0x1ffffff) << 5) ^ word;
        for (var i = 0; i < 5; i++)
        {
            if (((top >> i) & 1) == 1) sum ^= Generator[i];
        }
    }
}
