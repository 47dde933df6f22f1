using System.Globalization;

namespace PoA.Nostr.Blossom;

/// <summary>
/// The events of Blossom: authorizations (BUD-11, kind 24242), server lists (BUD-03, kind 10063), reports (BUD-09, kind
/// 1984).
/// </summary>
public static class BlossomWords
{
    public const int TokenKind = 24_242;
    public const int ServerListKind = 10_063;
    public const int ReportKind = 1_984;

    const string Scheme = "Nostr ";
    const int TokenSeconds = 300;

    /// <summary>Some servers allow the clock of a client no more than ten seconds.</summary>
    const int BackdatedSeconds = 5;

    /// <summary>
    /// For five minutes and these blobs. It names no server: of the known ones, some demand a bare domain, others a
    /// whole URL.
    /// </summary>
    public static EventTemplate Token(string verb, IEnumerable<string> hashes, string purpose, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        string[] expiration = ["expiration", (seconds + TokenSeconds).ToString(CultureInfo.InvariantCulture)];
        return new(
            TokenKind, seconds - BackdatedSeconds,
            [["t", verb], expiration, .. hashes.Select(hash => new[] { "x", hash })], purpose);
    }

    /// <summary>
    /// The value of the Authorization header. Spaces after the JSON make its length a multiple of three, and of ASCII
    /// only &gt;, ? and ~ need the last two digits of base64: without these the text is padded base64 and unpadded
    /// base64url at once, and every server reads it.
    /// </summary>
    public static string Header(NostrEvent token)
    {
        var json = EventJson.Write(token);
        var padded = new byte[(json.Length + 2) / 3 * 3];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return Scheme + Convert.ToBase64String(padded);
    }

    /// <summary>Where its author keeps blobs, the first server first. Empty for another kind.</summary>
    public static IReadOnlyList<Uri> Servers(NostrEvent list) => list.Kind != ServerListKind
        ? []
        : [.. list.TagsNamed("server").Select(tag => Server(tag[1])).OfType<Uri>().Distinct()];

    public static EventTemplate ServerList(IEnumerable<Uri> servers, long createdAt) => new(
        ServerListKind, createdAt, [.. servers.Select(server => new[] { "server", Text(server) })], "");

    /// <summary>A server's root, or null when the text is no http or https address.</summary>
    public static Uri? Server(string? text) =>
        Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0 && uri.IdnHost.Length > 0
            ? new(uri.GetLeftPart(UriPartial.Authority))
            : null;

    /// <summary>A server's root as texts have it: without a slash at the end.</summary>
    public static string Text(Uri server) => server.GetLeftPart(UriPartial.Authority);

    /// <summary>Where a blob is on a server.</summary>
    public static Uri Address(Uri server, string sha256, string? extension = null) =>
        new(server, extension is null ? $"/{sha256}" : $"/{sha256}.{extension}");

    /// <param name="hashes">The reported blobs.</param>
    /// <param name="type">A word of NIP-56: nudity, malware, profanity, illegal, spam, impersonation or other.</param>
    /// <param name="details">For people.</param>
    /// <param name="createdAt">Unix seconds.</param>
    public static EventTemplate Report(
        IEnumerable<string> hashes, string type, string details, long createdAt) =>
        new(ReportKind, createdAt, [.. hashes.Select(hash => new[] { "x", hash, type })], details);
}
