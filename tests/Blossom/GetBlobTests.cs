using System.Net;
using Microsoft.AspNetCore.Http;
using PoA.Nostr.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Blossom;

/// <summary>Ranges of RFC 9110 §14, as a rule.</summary>
public sealed class RangeTests
{
    const string Hash = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c";

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=999-", 999, 1)]
    [InlineData("bytes=990-5000", 990, 10)]
    [InlineData("bytes=-1", 999, 1)]
    [InlineData("bytes=-5000", 0, 1000)]
    [InlineData("bytes=0-9223372036854775807", 0, 1000)]
    public void A_range_is_clamped_to_the_blob(string range, long from, long length) =>
        Assert.Equal((from, length), Of(range));

    [Theory]
    [InlineData("bytes=1000-")]
    [InlineData("bytes=1000-1001")]
    [InlineData("bytes=9223372036854775807-")]
    [InlineData("bytes=-0")]
    public void A_range_beyond_the_blob_cannot_be_satisfied(string range) => Assert.Equal(-1, Of(range)?.Length);

    [Theory]
    [InlineData("bytes=5-2")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("items=0-1")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=-")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("bytes")]
    [InlineData("")]
    public void A_range_that_means_nothing_to_us_is_ignored(string range) => Assert.Null(Of(range));

    [Theory]
    [InlineData($"\"{Hash}\"", true)]
    [InlineData($"W/\"{Hash}\"", false)]
    [InlineData("\"another\"", false)]
    [InlineData("Sat, 01 Jan 2028 00:00:00 GMT", false)]
    public void If_range_counts_for_this_version_only(string condition, bool counts) =>
        Assert.Equal(counts, Of("bytes=0-9", condition) is not null);

    [Fact]
    public void Only_a_get_has_ranges() => Assert.Null(Of("bytes=0-9", method: "HEAD"));

    static (long From, long Length)? Of(string range, string? ifRange = null, string method = "GET")
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Headers.Range = range;
        if (ifRange is not null) request.Headers.IfRange = ifRange;
        return GetBlob.RangeOf(request, Hash, 1_000);
    }
}

[Suite("slice")]
public sealed class GetBlobTests(Support.Postgres postgres) : IClassFixture<Support.Postgres>, IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("text/html; charset=utf-8", true)]
    [InlineData("image/svg+xml", true)]
    [InlineData("multipart/x-mixed-replace", true)]
    [InlineData("image/png", false)]
    [InlineData("text/plain", false)]
    public async Task What_a_browser_might_run_is_served_where_it_touches_nothing(string type, bool boxed)
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        var page = System.Text.Encoding.UTF8.GetBytes($"<script>alert(1)</script>{type}");
        await server.UploadAsync(page, type: type);

        var answer = await server.SendAsync(HttpMethod.Get, $"/{BlossomPeer.Hash(page)}");

        Assert.Equal(page, await answer.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(boxed, answer.Headers.TryGetValues("Content-Security-Policy", out var policy)
            && policy.Single() == "sandbox");
    }

    [Fact]
    public async Task An_empty_blob_and_a_large_one_come_back_as_they_were()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        foreach (var blob in new byte[][] { [], [.. Enumerable.Range(0, 3_000_001).Select(n => (byte)(n % 251))] })
        {
            await server.UploadAsync(blob);

            var answer = await server.SendAsync(HttpMethod.Get, $"/{BlossomPeer.Hash(blob)}.bin");

            Assert.Equal(blob, await answer.Content.ReadAsByteArrayAsync(Ct));
        }
    }

    [Theory]
    [InlineData("/..%2f..%2fetc%2fpasswd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/staging/upload.part")]
    [InlineData("/blobs")]
    public async Task No_path_but_a_hash_leads_to_a_file(string path)
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);

        var answer = await server.SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task A_blob_that_enough_keys_report_is_no_longer_served()
    {
        await using var server = await BlossomPeer.StartAsync(
            postgres, _folder.Path, new() { ["ReportersMax"] = "2" });
        var blob = "reported"u8.ToArray();
        await server.UploadAsync(blob);
        using var first = SecretKey.Generate();
        using var second = SecretKey.Generate();

        Assert.Equal(HttpStatusCode.OK, await ReportAsync(server, first, blob));
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(server, first, blob));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, blob));
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(server, second, blob));
        Assert.Equal(HttpStatusCode.Gone, await GetAsync(server, blob));
        Assert.Equal(HttpStatusCode.NotFound, await ReportAsync(server, first, "unknown"u8.ToArray()));
    }

    static async Task<HttpStatusCode> GetAsync(BlossomPeer server, byte[] blob) =>
        (await server.SendAsync(HttpMethod.Get, $"/{BlossomPeer.Hash(blob)}")).StatusCode;

    static async Task<HttpStatusCode> ReportAsync(BlossomPeer server, SecretKey by, byte[] blob)
    {
        var report = by.Sign(new(1_984, 1_800_000_000, [["x", BlossomPeer.Hash(blob), "spam"]], "Spam."));
        using var body = BlossomPeer.Bytes(EventJson.Write(report), "application/json");
        return (await server.SendAsync(HttpMethod.Put, "/report", body: body)).StatusCode;
    }
}
