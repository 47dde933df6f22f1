using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Blossom;

/// <summary>What strangers try on a server that keeps their bytes and fetches their addresses.</summary>
[Suite("slice")]
public sealed class HostileRequestsTests(Support.Postgres postgres) : IClassFixture<Support.Postgres>, IDisposable
{
    const string Secret = "nobody may read this";

    static readonly string[] Methods = ["GET", "DELETE"];
    static readonly byte[] Page = "<script>alert(document.domain)</script>"u8.ToArray();

    readonly TemporaryFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http://127.0.0.1:{0}/{1}")]
    [InlineData("http://localhost:{0}/{1}")]
    [InlineData("http://LOCALHOST.:{0}/{1}")]
    [InlineData("http://127.1:{0}/{1}")]
    [InlineData("http://127.0.0.1.:{0}/{1}")]
    [InlineData("http://2130706433:{0}/{1}")]
    [InlineData("http://0x7f000001:{0}/{1}")]
    [InlineData("http://0x7f.0.0x0.1:{0}/{1}")]
    [InlineData("http://017700000001:{0}/{1}")]
    [InlineData("http://0177.0.0.1:{0}/{1}")]
    [InlineData("http://①②⑦.⓪.⓪.①:{0}/{1}")]
    [InlineData("http://127。0。0。1:{0}/{1}")]
    [InlineData("http://0:{0}/{1}")]
    [InlineData("http://0.0.0.0:{0}/{1}")]
    [InlineData("http://127.255.255.254:{0}/{1}")]
    [InlineData("http://[::1]:{0}/{1}")]
    [InlineData("http://[::]:{0}/{1}")]
    [InlineData("http://[::127.0.0.1]:{0}/{1}")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/{1}")]
    [InlineData("http://[::ffff:7f00:1]:{0}/{1}")]
    [InlineData("http://[0:0:0:0:0:ffff:127.0.0.1]:{0}/{1}")]
    [InlineData("http://[64:ff9b::127.0.0.1]:{0}/{1}")]
    [InlineData("http://[2002:7f00:1::]:{0}/{1}")]
    [InlineData("http://user@127.0.0.1:{0}/{1}")]
    [InlineData("http://example.com@127.0.0.1:{0}/{1}")]
    [InlineData("http://127.0.0.1:{0}\\@example.com/{1}")]
    [InlineData("http:\\\\127.0.0.1:{0}\\{1}")]
    [InlineData("//127.0.0.1:{0}/{1}")]
    [InlineData("http://127.0.0.1%00.example.com:{0}/{1}")]
    [InlineData("http://127.0.0.1:{0}/{1}\r\nHost: example.com")]
    [InlineData("ftp://127.0.0.1:{0}/{1}")]
    [InlineData("gopher://127.0.0.1:{0}/{1}")]
    [InlineData("ws://127.0.0.1:{0}/{1}")]
    [InlineData("file:///etc/passwd#{1}")]
    [InlineData("data:text/plain,{1}")]
    [InlineData("")]
    public async Task A_mirror_reaches_nothing_inside_however_its_address_is_written(string notation)
    {
        var hits = 0;
        await using var inside = await LoopbackServer.StartAsync(http =>
        {
            Interlocked.Increment(ref hits);
            return http.Response.Body.WriteAsync(Page, Ct).AsTask();
        });
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        var hash = BlossomPeer.Hash(Page);
        var url = notation.Replace("{0}", $"{inside.Url.Port}", StringComparison.Ordinal)
            .Replace("{1}", hash, StringComparison.Ordinal);

        using var answer = await server.MirrorAsync(url, hash);

        Assert.True(
            answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.BadGateway, $"{answer.StatusCode}");
        Assert.Equal(0, hits);
        Assert.Empty(BlossomPeer.Files(_folder.Path));
    }

    [Theory]
    [InlineData("/../secret")]
    [InlineData("/../../../../../../../../etc/passwd")]
    [InlineData("/..%2fsecret")]
    [InlineData("/%2e%2e/secret")]
    [InlineData("/%252e%252e%252fsecret")]
    [InlineData("/..\\secret")]
    [InlineData("/..%5csecret")]
    [InlineData("/{0}/../../secret")]
    [InlineData("/{0}/..%2f..%2fsecret")]
    [InlineData("/{0}%00.png")]
    [InlineData("/{0}.png%2f..%2f..%2fsecret")]
    [InlineData("//secret")]
    [InlineData("/secret")]
    [InlineData("/staging/secret.part")]
    [InlineData("/{1}")]
    [InlineData("/{0}0")]
    [InlineData("/list/../secret")]
    [InlineData("http://other.example/../secret")]
    public async Task No_path_leads_out_of_the_blobs(string path)
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder["blobs"]);
        await File.WriteAllTextAsync(_folder["secret"], Secret, Ct);
        Directory.CreateDirectory(_folder["blobs/staging"]);
        await File.WriteAllTextAsync(_folder["blobs/secret"], Secret, Ct);
        await File.WriteAllTextAsync(_folder["blobs/staging/secret.part"], Secret, Ct);
        (await server.UploadAsync(Page)).EnsureSuccessStatusCode();
        var hash = BlossomPeer.Hash(Page);

        foreach (var method in Methods)
        {
            var said = await RawAsync(server, method, path.Replace("{0}", hash, StringComparison.Ordinal)
                .Replace("{1}", hash.ToUpperInvariant(), StringComparison.Ordinal));

            Assert.True(said.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || IsThePage(said), said);
            Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
            Assert.DoesNotContain("root:", said, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(_folder["secret"]) && File.Exists(_folder["blobs/secret"]));
        Assert.Equal(Page.Length, await server.Store.SizeAsync(hash, Ct));
    }

    [Theory]
    [InlineData("text/plain", ".html")]
    [InlineData("image/png", ".svg")]
    [InlineData("application/octet-stream", ".htm")]
    public async Task A_page_is_no_page_under_another_type_whatever_the_address_ends_in(string type, string extension)
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        byte[] page = [.. Page, .. Encoding.UTF8.GetBytes(type)];
        (await server.UploadAsync(page, type: type)).EnsureSuccessStatusCode();

        using var answer = await server.SendAsync(HttpMethod.Get, $"/{BlossomPeer.Hash(page)}{extension}");

        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("TEXT/HTML")]
    [InlineData("text/html;charset=utf-7")]
    [InlineData("application/xhtml+xml")]
    [InlineData("text/xml")]
    [InlineData("application/xml")]
    [InlineData("image/svg+xml; charset=utf-8")]
    public async Task A_page_runs_in_a_box_or_not_at_all(string type)
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        byte[] page = [.. Page, .. Encoding.UTF8.GetBytes(type)];
        (await server.UploadAsync(page, type: type)).EnsureSuccessStatusCode();
        var hash = BlossomPeer.Hash(page);

        using var answer = await server.SendAsync(HttpMethod.Get, $"/{hash}");
        using var part = await server.SendAsync(
            HttpMethod.Get, $"/{hash}", headers: ("Range", "bytes=0-7"));

        foreach (var one in new[] { answer, part })
        {
            var policy = one.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("sandbox", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("allow-scripts", policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_host_that_a_client_claims_to_talk_to_changes_nothing()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        var hash = BlossomPeer.Hash(Page);
        (string, string)[] claims = [("Host", "evil.example"), ("X-Forwarded-Host", "evil.example")];

        using var taken = await server.SendAsync(
            HttpMethod.Put, "/upload", BlossomPeer.Token(server.Key, "upload", hash), BlossomPeer.Bytes(Page), claims);
        using var refused = await server.SendAsync(
            HttpMethod.Put, "/upload", TokenFor(server, "evil.example", hash), BlossomPeer.Bytes(Page), claims);

        using var said = JsonDocument.Parse(await taken.Content.ReadAsStringAsync(Ct));
        Assert.StartsWith(server.Url, said.RootElement.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("evil", said.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    /// <summary>What follows a blob's hash and a dot is no path: the blob itself is the answer.</summary>
    static bool IsThePage(string said) => said.EndsWith(Encoding.UTF8.GetString(Page), StringComparison.Ordinal);

    static string TokenFor(BlossomPeer server, string host, string hash)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        string[][] tags = [["t", "upload"], ["expiration", $"{now + 300}"], ["x", hash], ["server", host]];
        return Base64Url.EncodeToString(EventJson.Write(server.Key.Sign(new(24_242, now, tags, "A test."))));
    }

    /// <summary>As it stands, with nothing put in order on the way. The whole answer.</summary>
    static async Task<string> RawAsync(BlossomPeer server, string method, string path)
    {
        var url = new Uri(server.Url);
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, Ct);
        await using var stream = client.GetStream();
        var token = BlossomPeer.Token(server.Key, method == "GET" ? "get" : "delete", new string('a', 64));
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Nostr {token}\r\n"
            + "Connection: close\r\n\r\n"), Ct);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(Ct);
    }
}
