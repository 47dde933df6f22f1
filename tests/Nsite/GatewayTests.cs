using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PoA.Nostr.Nsite.Gateway;

namespace PoA.Nostr.Tests.Nsite;

/// <summary>What visitors see of a site, by its host and its paths.</summary>
public sealed class GatewayTests : IAsyncLifetime
{
    readonly SecretKey _key = SecretKey.Generate();
    BlobsAtHand _blobs = null!;
    GatewayPeer _gateway = null!;

    string Host => $"{Nip5AWords.RootLabel(_key.Pubkey)}.localhost";

    public async ValueTask InitializeAsync()
    {
        _blobs = await BlobsAtHand.StartAsync();
        _gateway = await GatewayPeer.StartAsync([_blobs.Endpoint]);
        _gateway.Relays.Add(Given.Manifest(
            _key,
            [
                File("/index.html", "the front"), File("/blog/index.html", "the blog"), File("/404.html", "not here"),
                File("/a b.html", "a space"), File("/style.css", "b{}"), File("/data.bin", "0123456789"),
                File("/LICENSE", "free"), File("/v1.2/index.html", "a dot"),
            ],
            [_blobs.Url]));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _blobs.DisposeAsync();
        _key.Dispose();
    }

    [Theory]
    [InlineData("/", 200, "the front")]
    [InlineData("/index.html", 200, "the front")]
    [InlineData("/?q=/404.html", 200, "the front")]
    [InlineData("/blog", 200, "the blog")]
    [InlineData("/blog/", 200, "the blog")]
    [InlineData("/blog/index.html", 200, "the blog")]
    [InlineData("/a%20b.html", 200, "a space")]
    [InlineData("/LICENSE", 200, "free")]
    [InlineData("/v1.2/", 200, "a dot")]
    [InlineData("/v1.2", 404, "not here")]
    [InlineData("/missing", 404, "not here")]
    [InlineData("/missing.html", 404, "not here")]
    [InlineData("/Index.html", 404, "not here")]
    [InlineData("/index.html/", 404, "not here")]
    [InlineData("/404.html", 200, "not here")]
    public async Task A_path_is_answered_as_the_manifest_says(string path, int status, string body) =>
        Assert.Equal((status, body), await _gateway.ReadAsync(Host, path));

    /// <summary>Sent byte for byte, since clients put paths in order before they send them.</summary>
    [Theory]
    [InlineData("/../index.html", "200")]
    [InlineData("/../../../../etc/passwd", "404")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd", "404")]
    [InlineData("/..%2f..%2fetc%2fpasswd", "404")]
    [InlineData("/..\\..\\etc\\passwd", "404")]
    [InlineData("/index.html%00.png", "400")]
    [InlineData("/%ff%fe", "404")]
    [InlineData("/%", "404")]
    [InlineData("//index.html", "200")]
    [InlineData("*", "405")]
    [InlineData("http://evil.example/index.html", "400")]
    public async Task A_hostile_path_leads_nowhere_else(string target, string status)
    {
        var answer = await _gateway.RawAsync($"GET {target} HTTP/1.1\r\nHost: {Host}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_of_any_length_is_answered() =>
        Assert.Equal(404, (await _gateway.ReadAsync(Host, "/" + new string('a', 6_000))).Status);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("www.localhost")]
    [InlineData("{0}.evil.example")]
    [InlineData("www.{0}.localhost")]
    [InlineData("{0}.localhost.evil.example")]
    [InlineData("{0}localhost")]
    [InlineData("xn--{0}.localhost")]
    public async Task A_host_that_is_no_site_of_ours_is_not_found(string pattern)
    {
        var host = pattern.Replace("{0}", Nip5AWords.RootLabel(_key.Pubkey), StringComparison.Ordinal);

        using var answer = await _gateway.GetAsync(host, "/");

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.localhost\r\nHost: b.localhost\r\n")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a@b.localhost\r\n")]
    public async Task A_request_without_one_sound_host_is_refused(string head) => Assert.StartsWith(
        "HTTP/1.1 400 ", await _gateway.RawAsync(head + "Connection: close\r\n\r\n"), StringComparison.Ordinal);

    [Fact]
    public async Task Hosts_are_read_in_any_case_and_with_a_port_and_a_dot()
    {
        Assert.Equal(200, (await _gateway.ReadAsync(Host.ToUpperInvariant(), "/")).Status);
        Assert.Equal(200, (await _gateway.ReadAsync($"{Host}:{_gateway.Url.Port}", "/")).Status);
        Assert.Equal(200, (await _gateway.ReadAsync($"{Host}.", "/")).Status);
    }

    [Fact]
    public async Task Named_sites_and_snapshots_are_sites_of_their_own()
    {
        var snapshot = _key.Sign(Nip5AWords.SnapshotOf(
            new("t", "d", [File("/index.html", "as it was")], [_blobs.Url]), _key.Pubkey, 5));
        _gateway.Relays.Add(
            Given.Manifest(_key, [File("/index.html", "the named one")], [_blobs.Url], "shop"), snapshot);

        var named = $"{Nip5AWords.NamedLabel(_key.Pubkey, "shop")}.localhost";
        var old = $"{Nip5AWords.SnapshotLabel(snapshot.Id)}.localhost";

        Assert.Equal((200, "the front"), await _gateway.ReadAsync(Host, "/"));
        Assert.Equal((200, "the named one"), await _gateway.ReadAsync(named, "/"));
        Assert.Equal((200, "as it was"), await _gateway.ReadAsync(old, "/"));
        Assert.Equal(404, (await _gateway.ReadAsync(named.Replace("shop", "other", default), "/")).Status);
    }

    [Fact]
    public async Task A_site_in_the_older_form_is_served_from_the_servers_of_its_author()
    {
        using var key = SecretKey.Generate();
        var file = File("/index.html", "one event a file");
        _gateway.Relays.Add(
            key.Sign(new(Nip5AWords.LegacyFile, 5, Nip5AWords.LegacyTags(file), "")),
            key.Sign(new(10_063, 5, [["server", _blobs.Url + "/"]], "")));
        var host = $"{Nip5AWords.RootLabel(key.Pubkey)}.localhost";

        Assert.Equal((200, "one event a file"), await _gateway.ReadAsync(host, "/"));
        Assert.Equal(404, (await _gateway.ReadAsync(host, "/other")).Status);
    }

    [Fact]
    public async Task A_file_is_what_its_path_says_and_has_its_hash_for_a_tag()
    {
        using var page = await _gateway.GetAsync(Host, "/");
        using var style = await _gateway.GetAsync(Host, "/style.css");

        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        Assert.Equal("text/css; charset=utf-8", style.Content.Headers.ContentType!.ToString());
        Assert.Equal($"\"{_blobs.Put("the front")}\"", page.Headers.ETag!.Tag);
        Assert.Equal(9, page.Content.Headers.ContentLength);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("frame-ancestors 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), default);
        Assert.False(page.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Known_tags_ranges_and_heads_are_answered_and_nothing_else_is_done()
    {
        var tag = $"\"{_blobs.Put("0123456789")}\"";
        using var same = await _gateway.SendAsync(Host, "/data.bin", HttpMethod.Get, ("If-None-Match", tag));
        using var part = await _gateway.SendAsync(Host, "/data.bin", HttpMethod.Get, ("Range", "bytes=2-4"));
        using var head = await _gateway.SendAsync(Host, "/data.bin", HttpMethod.Head);
        using var post = await _gateway.SendAsync(Host, "/data.bin", HttpMethod.Post);

        Assert.Equal(304, (int)same.StatusCode);
        Assert.Equal((206, "234"), ((int)part.StatusCode, await part.Content.ReadAsStringAsync(Ct)));
        Assert.Equal(new ContentRangeHeaderValue(2, 4, 10), part.Content.Headers.ContentRange);
        Assert.Equal((200, 10L), ((int)head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal(405, (int)post.StatusCode);
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow);
    }

    [Fact]
    public async Task The_gateways_own_name_lists_the_agents()
    {
        var (status, body) = await _gateway.ReadAsync("localhost:7779", "/");

        Assert.Equal(200, status);
        Assert.Contains($"href=\"//{Nip5AWords.RootLabel(Given.Pubkey)}.localhost:7779/\"", body, default);
        Assert.Equal(404, (await _gateway.ReadAsync("localhost", "/index.html")).Status);
    }

    [Fact]
    public async Task A_domain_of_an_authors_own_leads_to_its_site_by_its_cname()
    {
        await using var gateway = await GatewayPeer.StartAsync(
            [_blobs.Endpoint], new() { ["CustomDomains"] = "true" }, more: services =>
                services.Replace(ServiceDescriptor.Singleton(given => new SiteNames(
                    given.GetRequiredService<IOptions<GatewayOptions>>(),
                    (host, _) => Task.FromResult(host == "shop.example" ? Host : null)))));
        gateway.Relays.Add(Given.Manifest(_key, [File("/index.html", "the front")], [_blobs.Url]));

        Assert.Equal((200, "the front"), await gateway.ReadAsync("shop.example", "/"));
        Assert.Equal(404, (await gateway.ReadAsync("other.example", "/")).Status);
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    SiteFile File(string path, string text) => new(path, _blobs.Put(text));
}
