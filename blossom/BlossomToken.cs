using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace PoA.Nostr.Blossom;

/// <summary>
/// A checked authorization (BUD-11, kind 24242). Liberal in its encoding, strict in its meaning; good for any number of
/// uses until it expires.
/// </summary>
public sealed class BlossomToken
{
    const int HeaderCharsMax = 96 * 1024;
    static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>A token without the hash could be replayed on every server (BUD-11).</summary>
    internal static readonly Problem Unscoped =
        BlossomProblems.BadToken with { Detail = "Its x tags do not name this blob." };

    BlossomToken(NostrEvent signed) => Signed = signed;

    NostrEvent Signed { get; }

    public string Pubkey => Signed.Pubkey;

    /// <summary>The hashes it is scoped to.</summary>
    public IEnumerable<string> Hashes => Signed.TagsNamed("x").Select(tag => tag[1]);

    /// <summary>The one hash, where it is scoped to one.</summary>
    public string? Only => Hashes.Take(2).ToList() is [var one] ? one : null;

    public bool Covers(string sha256) => Hashes.Contains(sha256);

    /// <summary>The token of this request for this verb, or a problem that says what is wrong with it.</summary>
    public static BlossomToken Require(HttpRequest request, string verb, BlossomOptions options, TimeProvider clock)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0) throw new ProblemException(BlossomProblems.NoToken);
        var signed = Decode(header) ?? throw new ProblemException(
            BlossomProblems.BadToken with { Detail = "It is not 'Nostr ' and a base64 event." });
        if (Refuse(signed, verb, new Uri(options.PublicUrl).Host, clock.GetUtcNow(), options.TokenLifeMax) is { } why)
        {
            throw new ProblemException(BlossomProblems.BadToken with { Detail = why });
        }

        return new(signed);
    }

    /// <summary>The same, and it must name this hash.</summary>
    public static BlossomToken Require(
        HttpRequest request, string verb, string sha256, BlossomOptions options, TimeProvider clock)
    {
        var token = Require(request, verb, options, clock);
        return token.Covers(sha256)
            ? token
            : throw new ProblemException(Unscoped);
    }

    /// <summary>Cheap rules first, the signature last. Null means it holds.</summary>
    internal static string? Refuse(NostrEvent signed, string verb, string host, DateTimeOffset now, TimeSpan lifeMax)
    {
        if (signed.Kind != BlossomWords.TokenKind) return "Its kind is not 24242.";
        if (signed.TagsNamed("t").Take(2).ToList() is not [var one]) return "It needs exactly one t tag.";
        if (one[1] != verb) return $"It is for '{one[1]}', not for '{verb}'.";
        if (signed.CreatedAt > (now + ClockSkew).ToUnixTimeSeconds()) return "It was made in the future.";
        if (signed.TagsNamed("expiration").Take(2).ToList() is not [var life])
        {
            return "It needs exactly one expiration tag.";
        }

        if (!long.TryParse(life[1], NumberStyles.None, CultureInfo.InvariantCulture, out var until))
        {
            return "Its expiration is not a number of seconds.";
        }

        if (until <= now.ToUnixTimeSeconds()) return "It has expired.";
        if (until > (now + lifeMax).ToUnixTimeSeconds()) return "It expires too far in the future.";
        var servers = signed.TagsNamed("server").Select(tag => HostOf(tag[1])).ToList();
        if (servers.Count > 0 && !servers.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            return "It is for another server.";
        }

        return VerifiedEvent.TryVerify(signed, out var problem) is null ? problem!.Title : null;
    }

    /// <summary>A bare domain as BUD-11 says, or a whole URL as older clients send.</summary>
    static string HostOf(string server) =>
        Uri.TryCreate(server.Contains("://", StringComparison.Ordinal) ? server : $"http://{server}",
            UriKind.Absolute, out var uri)
            ? uri.Host
            : "";

    /// <summary>Either base64 alphabet, padded or not.</summary>
    static NostrEvent? Decode(string header)
    {
        const string scheme = "Nostr ";
        if (header.Length > HeaderCharsMax) return null;
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return null;

        var text = header[scheme.Length..].Trim().TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done
            ? EventJson.TryParse(bytes.AsSpan(0, written), out _)
            : null;
    }
}
