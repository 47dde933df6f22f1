using System.Security.Cryptography;
using PoA.Nostr.BlossomS3;

namespace PoA.Nostr.Tests.BlossomS3;

/// <summary>
/// The examples that Amazon publishes for S3 ("Authenticating Requests: Using the Authorization Header"), with their
/// keys, which open nothing.
/// </summary>
public sealed class SigV4Tests
{
    static readonly DateTimeOffset Then = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    static readonly S3Options Example = new()
    {
        AccessKey = "AKIAIOSFODNN7EXAMPLE",
        SecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        Region = "us-east-1",
    };

    [Theory]
    [InlineData("test.txt", "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("?lifecycle", null, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("?max-keys=2&prefix=J", null, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    [InlineData("?prefix=J&max-keys=2", null, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void A_request_without_a_body_is_signed_as_published(string path, string? range, string signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://examplebucket.s3.amazonaws.com/{path}");
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);

        SigV4.Sign(request, SigV4.EmptySha256, Example, Then);

        Assert.EndsWith($",Signature={signature}", Authorization(request), StringComparison.Ordinal);
    }

    [Fact]
    public void An_upload_is_signed_as_published()
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Put, "https://examplebucket.s3.amazonaws.com/test%24file.text");
        request.Headers.TryAddWithoutValidation("Date", "Fri, 24 May 2013 00:00:00 GMT");
        request.Headers.TryAddWithoutValidation("x-amz-storage-class", "REDUCED_REDUNDANCY");
        var payload = Convert.ToHexStringLower(SHA256.HashData("Welcome to Amazon S3."u8));

        SigV4.Sign(request, payload, Example, Then);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,"
            + "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            Authorization(request));
    }

    static string Authorization(HttpRequestMessage request) =>
        request.Headers.NonValidated["Authorization"].ToString();
}
