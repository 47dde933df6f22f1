using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.BlossomS3;

/// <summary>
/// AWS Signature Version 4 in the Authorization header, as S3 has it: the path is encoded once, and the payload's hash
/// travels in <c>x-amz-content-sha256</c>. Every header that the request has by then is signed.
/// </summary>
static class SigV4
{
    const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The payload's hash of a request without a body.</summary>
    public const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public static void Sign(
        HttpRequestMessage request, string payloadSha256, S3Options options, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", payloadSha256);
        request.Headers.TryAddWithoutValidation("x-amz-date", stamp);

        var uri = request.RequestUri!;
        var headers = request.Headers.NonValidated
            .Select(header => (Name: header.Key.ToLowerInvariant(), Value: header.Value.ToString().Trim()))
            .Append((Name: "host", Value: uri.Authority))
            .OrderBy(header => header.Name, StringComparer.Ordinal).ToList();
        var names = string.Join(';', headers.Select(header => header.Name));
        var canonical = string.Join(
            '\n', request.Method.Method, uri.AbsolutePath, Query(uri),
            string.Concat(headers.Select(header => $"{header.Name}:{header.Value}\n")), names, payloadSha256);

        var scope = $"{stamp[..8]}/{options.Region}/s3/aws4_request";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var key = Encoding.UTF8.GetBytes("AWS4" + options.SecretKey);
        foreach (var part in scope.Split('/')) key = Hmac(key, part);
        var signature = Convert.ToHexStringLower(Hmac(key, $"{Algorithm}\n{stamp}\n{scope}\n{hash}"));
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{Algorithm} Credential={options.AccessKey}/{scope},SignedHeaders={names},Signature={signature}");
    }

    /// <summary>Sorted, and with an equals sign after a name without a value. Ours come encoded.</summary>
    static string Query(Uri uri) => string.Join('&', uri.Query.TrimStart('?')
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Contains('=') ? pair : pair + "=")
        .Order(StringComparer.Ordinal));

    static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
