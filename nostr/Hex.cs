using System.Buffers;

namespace PoA.Nostr;

/// <summary>Lower-case hexadecimal of an exact length: the only form that NIP-01 allows.</summary>
public static class Hex
{
    static readonly SearchValues<char> Upper = SearchValues.Create("ABCDEF");

    /// <summary>True when the text is exactly as many lower-case hex digits as the bytes need.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes) =>
        text.Length == bytes.Length * 2
        && !text.ContainsAny(Upper)
        && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;

    /// <summary>Whether this is 64 lower-case hex digits: an id, a key or a hash.</summary>
    public static bool Is32(string? text)
    {
        Span<byte> bytes = stackalloc byte[32];
        return text is not null && TryDecode(text, bytes);
    }

    /// <summary>The bytes of lower-case hex of any even length, or null.</summary>
    public static byte[]? Decode(string? text)
    {
        if (text is null || text.Length % 2 != 0) return null;

        var bytes = new byte[text.Length / 2];
        return TryDecode(text, bytes) ? bytes : null;
    }
}
