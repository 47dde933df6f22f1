using System.Security.Cryptography;

namespace PoA.Nostr;

/// <summary>HTTP authentication (NIP-98): kind 27235, <c>Authorization: Nostr base64</c>, for a minute.</summary>
public static class Nip98Words
{
    public const int Kind = 27_235;
    const string Scheme = "Nostr ";
    const int SkewSecondsMax = 60;

    /// <summary>What a client signs for one request. A body is committed to by its hash.</summary>
    public static EventTemplate Request(string method, string url, ReadOnlySpan<byte> body, long createdAt)
    {
        string[][] tags = [["u", url], ["method", method]];
        if (!body.IsEmpty) tags = [.. tags, ["payload", Convert.ToHexStringLower(SHA256.HashData(body))]];
        return new(Kind, createdAt, tags, "");
    }

    public static string Header(NostrEvent request) => Scheme + Convert.ToBase64String(EventJson.Write(request));

    /// <summary>The verified event of a header, or null and the reason.</summary>
    public static VerifiedEvent? TryRead(string? header, out Problem? problem)
    {
        problem = AuthProblems.Missing;
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;

        var encoded = header[Scheme.Length..].Trim();
        var bytes = new byte[encoded.Length];
        if (encoded.Length > Limits.EventBytesMax || !Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            return null;
        }

        return EventJson.TryParse(bytes.AsSpan(0, length), out problem) is { } parsed
            ? VerifiedEvent.TryVerify(parsed, out problem)
            : null;
    }

    /// <summary>Null when the event was signed for this request, now.</summary>
    /// <param name="url">Absolute, with its query, exactly as the client saw it.</param>
    /// <param name="payload">The SHA-256 of the body in hex; null when there is no body, or it is not checked.</param>
    /// <param name="request">Verified already.</param>
    /// <param name="method">GET and so on.</param>
    /// <param name="now">The server's time.</param>
    public static Problem? Refuse(
        NostrEvent request, string method, string url, string? payload, DateTimeOffset now) =>
        request.Kind != Kind ? AuthProblems.WrongKind :
        Math.Abs((decimal)request.CreatedAt - now.ToUnixTimeSeconds()) > SkewSecondsMax ? AuthProblems.WrongTime :
        request.Tag("u") != url || request.Tag("method") != method ? AuthProblems.WrongPlace :
        payload is not null && request.Tag("payload") != payload ? AuthProblems.WrongPayload :
        null;
}
