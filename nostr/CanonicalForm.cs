using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr;

/// <summary>
/// The bytes that an id commits to (NIP-01): <c>[0,pubkey,created_at,kind,tags,content]</c> without white space.
/// Seven characters have short escapes, other controls below U+0020 are \u00xx, everything else stands as it is.
/// </summary>
public static class CanonicalForm
{
    static readonly SearchValues<char> NeedsEscape = SearchValues.Create(
        "\"\\" + new string([.. Enumerable.Range(0, 0x20).Select(i => (char)i)]));

    /// <summary>Writes the 32-byte id. Allocates nothing beyond a pooled buffer.</summary>
    public static void Id(
        string pubkey, long createdAt, int kind, string[][] tags, string content, Span<byte> id)
    {
        var size = SizeMax(pubkey, tags, content);
        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var length = Write(rented, pubkey, createdAt, kind, tags, content);
            SHA256.HashData(rented.AsSpan(0, length), id);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public static string Id(string pubkey, EventTemplate template)
    {
        Span<byte> id = stackalloc byte[32];
        Id(pubkey, template.CreatedAt, template.Kind, template.Tags, template.Content, id);
        return Convert.ToHexStringLower(id);
    }

    /// <summary>A bound that no escape can exceed: six bytes for each UTF-16 unit.</summary>
    static int SizeMax(string pubkey, string[][] tags, string content)
    {
        var units = pubkey.Length + content.Length;
        var marks = 64;
        foreach (var tag in tags)
        {
            marks += 3;
            foreach (var value in tag)
            {
                units += value.Length;
                marks += 3;
            }
        }

        return (units * 6) + marks;
    }

    static int Write(
        Span<byte> to, string pubkey, long createdAt, int kind, string[][] tags, string content)
    {
        var at = 0;
        Raw(to, ref at, "[0,"u8);
        Quoted(to, ref at, pubkey);
        Raw(to, ref at, ","u8);
        Number(to, ref at, createdAt);
        Raw(to, ref at, ","u8);
        Number(to, ref at, kind);
        Raw(to, ref at, ",["u8);
        for (var i = 0; i < tags.Length; i++)
        {
            Raw(to, ref at, i == 0 ? "["u8 : ",["u8);
            for (var j = 0; j < tags[i].Length; j++)
            {
                if (j > 0) Raw(to, ref at, ","u8);
                Quoted(to, ref at, tags[i][j]);
            }

            Raw(to, ref at, "]"u8);
        }

        Raw(to, ref at, "],"u8);
        Quoted(to, ref at, content);
        Raw(to, ref at, "]"u8);
        return at;
    }

    static void Raw(Span<byte> to, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to[at..]);
        at += bytes.Length;
    }

    static void Number(Span<byte> to, ref int at, long value)
    {
        Utf8Formatter.TryFormat(value, to[at..], out var written);
        at += written;
    }

    static void Quoted(Span<byte> to, ref int at, ReadOnlySpan<char> text)
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
