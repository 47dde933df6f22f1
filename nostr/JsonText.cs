using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace PoA.Nostr;

/// <summary>
/// JSON written straight into bytes, with the escapes of NIP-01 and no others: what goes over the wire is then as
/// short as what the id commits to. The caller brings a buffer that is large enough: see <see cref="SizeMax(string)"/>.
/// </summary>
static class JsonText
{
    static readonly SearchValues<char> NeedsEscape = SearchValues.Create(
        "\"\\" + new string([.. Enumerable.Range(0, 0x20).Select(i => (char)i)]));

    /// <summary>A bound that no escape can exceed: six bytes for each UTF-16 unit, and the quotes.</summary>
    public static int SizeMax(string text) => SizeMax(text.Length);

    public static int SizeMax(int characters) => (characters * 6) + 3;

    public static int SizeMax(string[][] tags)
    {
        var size = 2;
        foreach (var tag in tags)
        {
            size += 3;
            foreach (var value in tag) size += SizeMax(value);
        }

        return size;
    }

    /// <summary>What the callback writes into a pooled buffer of that size, as an array of its own.</summary>
    public static byte[] Write<T>(int sizeMax, T value, SpanWriter<T> write)
    {
        var rented = ArrayPool<byte>.Shared.Rent(sizeMax);
        try
        {
            var at = 0;
            write(rented, ref at, value);
            return rented.AsSpan(0, at).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>An array of strings.</summary>
    public static byte[] Strings(params string[] values)
    {
        var size = 2;
        foreach (var value in values) size += SizeMax(value);
        return Write(size, values, Values);
    }

    public delegate void SpanWriter<in T>(Span<byte> to, ref int at, T value);

    public static void Tags(Span<byte> to, ref int at, string[][] tags)
    {
        to[at++] = (byte)'[';
        for (var i = 0; i < tags.Length; i++)
        {
            if (i > 0) to[at++] = (byte)',';
            Values(to, ref at, tags[i]);
        }

        to[at++] = (byte)']';
    }

    /// <summary>The beginning of a message: the bracket, its verb and a comma.</summary>
    public static void Open(Span<byte> to, ref int at, string verb)
    {
        to[at++] = (byte)'[';
        Quoted(to, ref at, verb);
        to[at++] = (byte)',';
    }

    static void Values(Span<byte> to, ref int at, string[] values)
    {
        to[at++] = (byte)'[';
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0) to[at++] = (byte)',';
            Quoted(to, ref at, values[i]);
        }

        to[at++] = (byte)']';
    }

    public static void Raw(Span<byte> to, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to[at..]);
        at += bytes.Length;
    }

    public static void Number(Span<byte> to, ref int at, long value)
    {
        Utf8Formatter.TryFormat(value, to[at..], out var written);
        at += written;
    }

    public static void Quoted(Span<byte> to, ref int at, ReadOnlySpan<char> text)
    {
        to[at++] = (byte)'"';
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(NeedsEscape);
            if (plain < 0) plain = text.Length;
            at += Encoding.UTF8.GetBytes(text[..plain], to[at..]);
            if (plain == text.Length) break;

            Escape(to, ref at, text[plain]);
            text = text[(plain + 1)..];
        }

        to[at++] = (byte)'"';
    }

    static void Escape(Span<byte> to, ref int at, char c)
    {
        var escaped = c switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '\n' => "\\n"u8,
            '\r' => "\\r"u8,
            '\t' => "\\t"u8,
            '\b' => "\\b"u8,
            '\f' => "\\f"u8,
            _ => default,
        };
        if (!escaped.IsEmpty)
        {
            Raw(to, ref at, escaped);
            return;
        }

        Raw(to, ref at, "\\u00"u8);
        to[at++] = (byte)(c < 0x10 ? '0' : '1');
        to[at++] = "0123456789abcdef"u8[c & 0xf];
    }
}
