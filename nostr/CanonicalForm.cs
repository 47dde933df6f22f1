using System.Buffers;
using System.Security.Cryptography;

namespace PoA.Nostr;

/// <summary>
/// The bytes that an id commits to (NIP-01): <c>[0,pubkey,created_at,kind,tags,content]</c> without white space.
/// Seven characters have short escapes, other controls below U+0020 are \u00xx, everything else stands as it is.
/// </summary>
public static class CanonicalForm
{
    /// <summary>Writes the 32-byte id. Allocates nothing beyond a pooled buffer.</summary>
    public static void Id(
        string pubkey, long createdAt, int kind, string[][] tags, string content, Span<byte> id)
    {
        var size = 256 + JsonText.SizeMax(content) + JsonText.SizeMax(tags);
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

    static int Write(
        Span<byte> to, string pubkey, long createdAt, int kind, string[][] tags, string content)
    {
        var at = 0;
        JsonText.Raw(to, ref at, "[0,"u8);
        JsonText.Quoted(to, ref at, pubkey);
        JsonText.Raw(to, ref at, ","u8);
        JsonText.Number(to, ref at, createdAt);
        JsonText.Raw(to, ref at, ","u8);
        JsonText.Number(to, ref at, kind);
        JsonText.Raw(to, ref at, ","u8);
        JsonText.Tags(to, ref at, tags);
        JsonText.Raw(to, ref at, ","u8);
        JsonText.Quoted(to, ref at, content);
        JsonText.Raw(to, ref at, "]"u8);
        return at;
    }
}
