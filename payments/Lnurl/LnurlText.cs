using System.Text;
using System.Text.RegularExpressions;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>LNURLs as people see them: bech32 (LUD-01) and name@host (LUD-16).</summary>
public static partial class LnurlText
{
    const string Prefix = "lnurl";

    /// <summary>What fits a QR code, about.</summary>
    const int CharsMax = 2_000;

    /// <summary>LUD-01: upper case is what a QR code likes.</summary>
    public static string Encode(Uri url) => Bech32.Encode(Prefix, Encoding.UTF8.GetBytes(url.AbsoluteUri));

    /// <summary>
    /// The URL of an address, a bech32 text or a URL of LUD-17. The scheme of an address is https, except at the
    /// endpoints that may be anywhere. Null for anything else.
    /// </summary>
    public static Uri? TryResolve(string text, Func<string, bool> isLocal)
    {
        text = text.Trim();
        if (text.StartsWith("lightning:", StringComparison.OrdinalIgnoreCase)) text = text[10..];
        if (text.Length > CharsMax) return null;
        if (text.StartsWith("lnurlp://", StringComparison.OrdinalIgnoreCase)) return Url(text["lnurlp://".Length..]);
        if (Address().Match(text) is { Success: true } match)
        {
            return Url($"{match.Groups["host"].Value}/.well-known/lnurlp/{match.Groups["name"].Value}");
        }

        return Bech32.TryDecode(text, CharsMax, out var prefix, out var bytes) && prefix == Prefix
            && Uri.TryCreate(Encoding.UTF8.GetString(bytes), UriKind.Absolute, out var decoded)
            && (decoded.Scheme == Uri.UriSchemeHttps || isLocal(decoded.Authority))
            ? decoded
            : null;

        Uri? Url(string rest)
        {
            var host = rest.Split('/')[0];
            var scheme = isLocal(host) ? "http" : "https";
            return Uri.TryCreate($"{scheme}://{rest}", UriKind.Absolute, out var url) ? url : null;
        }
    }

    /// <summary>
    /// What a profile says of where its key is paid: an address where the server speaks https, as LUD-16 wants it;
    /// else the URL itself in bech32.
    /// </summary>
    public static (string? Lud16, string? Lud06) AddressOf(string publicUrl, string slug)
    {
        var server = new Uri(publicUrl);
        return server.Scheme == Uri.UriSchemeHttps
            ? ($"{slug}@{server.Authority}", null)
            : (null, Encode(new Uri(server, $"/.well-known/lnurlp/{slug}")));
    }

    /// <summary>Whether a name may stand before the @ (LUD-16).</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    [GeneratedRegex(@"^[a-z0-9._-]{1,64}\z")]
    private static partial Regex Name();

    [GeneratedRegex(
        @"^(?<name>[a-z0-9._+-]{1,64})@(?<host>[a-z0-9.-]{1,253}(:[0-9]{1,5})?)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
