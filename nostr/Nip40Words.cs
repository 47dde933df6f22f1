using System.Globalization;

namespace PoA.Nostr;

/// <summary>Expiration (NIP-40): from that second on, an event is neither served nor worked on.</summary>
public static class Nip40Words
{
    /// <summary>Unix seconds, or null when there is none that can be read.</summary>
    public static long? ExpiresAt(NostrEvent value) =>
        long.TryParse(value.Tag("expiration"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : null;

    public static bool IsExpired(NostrEvent value, DateTimeOffset now) => ExpiresAt(value) <= now.ToUnixTimeSeconds();

    public static string[] Tag(DateTimeOffset at) => ["expiration", $"{at.ToUnixTimeSeconds()}"];
}
