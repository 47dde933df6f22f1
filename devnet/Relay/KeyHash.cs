using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>
/// A 64-bit name for a thing one can ask for: an author, a kind, a tag's value. The seed is secret and new in each
/// process, so nobody can aim at a collision; by accident two of a million keys meet once in 30 million runs.
/// </summary>
static class KeyHash
{
    static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    public static ulong Author(string pubkey) => Text('@', pubkey);

    public static ulong Kind(int kind) => Mix(Seed + 'k', (ulong)kind);

    public static ulong AuthorKind(ulong author, int kind) => Mix(author, (ulong)kind + 'a');

    public static ulong Pair(ulong first, ulong second) => Mix(Mix(Seed + '+', first), second);

    /// <summary>Where a replaceable or addressable event lives: at most one event at a time.</summary>
    public static ulong Address(ulong author, int kind, string d) => Mix(AuthorKind(author, kind), Text('*', d));

    public static ulong Tag(char name, string value) => Text(name, value);

    static ulong Text(char space, string text)
    {
        Span<byte> small = stackalloc byte[512];
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = size <= small.Length ? small : new byte[size];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        return Bytes(space, bytes[..length]);
    }

    static ulong Bytes(char space, ReadOnlySpan<byte> bytes)
    {
        var state = Mix(Seed + space, (ulong)bytes.Length);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) state = Mix(state, word);

        ulong rest = 0;
        foreach (var b in bytes[(words.Length * 8)..]) rest = (rest << 8) | b;
        return Mix(state, rest);
    }

    static ulong Mix(ulong state, ulong word)
    {
        unchecked
        {
            var high = Math.BigMul(state ^ 0x9e37_79b9_7f4a_7c15, word ^ Seed, out var low);
            return high ^ low ^ (word * 0xff51_afd7_ed55_8ccd) ^ (state << 7);
        }
    }
}
