using System.Text.Unicode;

namespace PoA.Nostr.Zk.Files;

/// <summary>
/// JSON of which every string can be read: valid UTF-8 without escapes, which may name characters that do not exist.
/// Numbers and the names of members need none.
/// </summary>
static class PlainJson
{
    public static bool Is(ReadOnlySpan<byte> json) => Utf8.IsValid(json) && !json.Contains((byte)'\\');
}
