using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using PoA.Nostr.Fetch;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nostr.Fetch;

public class SafeFetchTests
{
    static readonly FetchLimits Small = new(BytesMax: 1_000_000, TimeSpan.FromSeconds(20));

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.0x0.0x0.0x1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://①②⑦.⓪.⓪.①/")]
    [InlineData("http://localhost/")]
    [InlineData("http://localhost./")]
    [InlineData("http://0/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::]/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[0:0:0:0:0:ffff:a9fe:a9fe]/")]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://[fe80::1%25lo]/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://224.0.0.1:8080/")]
    public async Task Every_notation_of_a_private_address_is_refused(string url) =>
        Assert.Contains(
            (await RefusalAsync(new([]), new(url))).Code,
            new[] { FetchProblems.NotPublic.Code, FetchProblems.Unreachable.Code });

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://1.1.1.1/")]
    [InlineData("gopher://1.1.1.1/")]
    [InlineData("wss://relay.example/")]
    [InlineData("http://user@1.1.1.1/")]
    [InlineData("http://1.1.1.1:22/")]
    [InlineData("http://1.1.1.1:25/")]
    [InlineData("https://1.1.1.1:0/")]
    [InlineData("/relative")]
    public async Task Other_schemes_ports_and_user_names_are_refused(string url) =>
        Assert.Equal(
            FetchProblems.WrongUrl, await RefusalAsync(new([]), new(url, UriKind.RelativeOrAbsolute)));

    [Fact]
    public async Task A_document_comes_with_its_hash_type_and_address()
    {
        await using var server = await LoopbackServer.StartAsync(async http =>
        {
            http.Response.ContentType = "Text/Plain; charset=utf-8";
            await http.Response.WriteAsync("hello " + http.Request.Headers.UserAgent);
        });

        using var fetch = new SafeFetch(new([server.Endpoint]));
        var document = await fetch.GetAsync(new(server.Url, "/a"), Small, Ct);

        Assert.Equal("hello PoA.Nostr", Encoding.UTF8.GetString(document.Body));
        Assert.Equal("text/plain", document.Mime);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(document.Body)), document.Sha256);
        Assert.Equal(new(server.Url, "/a"), document.Final);
    }

    [Fact]
    public async Task Only_the_exact_endpoint_is_allowed_and_not_its_neighbour()
    {
        await using var allowed = await LoopbackServer.StartAsync(http => http.Response.WriteAsync("in"));
        await using var neighbour = await LoopbackServer.StartAsync(http => http.Response.WriteAsync("out"));
        SafeAddress addresses = new([allowed.Endpoint]);

        using var fetch = new SafeFetch(addresses);
        Assert.Equal("in"u8.ToArray(), (await fetch.GetAsync(allowed.Url, Small, Ct)).Body);
        Assert.Equal(FetchProblems.NotPublic, await RefusalAsync(addresses, neighbour.Url));
        Assert.Equal(
            FetchProblems.NotPublic, await RefusalAsync(addresses, new($"http://localhost:{allowed.Url.Port}/")));
    }

    [Fact]
    public async Task A_redirect_is_vetted_like_the_first_address()
    {
        ConcurrentBag<string> asked = [];
        await using var inside = await LoopbackServer.StartAsync(http =>
        {
            asked.Add(http.Request.Host.Value!);
            return http.Response.WriteAsync("secret");
        });
        await using var server = await LoopbackServer.StartAsync(http =>
        {
            http.Response.Redirect(http.Request.Query["to"]!);
            return Task.CompletedTask;
        });
        SafeAddress addresses = new([server.Endpoint]);

        foreach (var target in new[] { inside.Url.ToString(), $"http://[::ffff:127.0.0.1]:{inside.Url.Port}/" })
        {
            Assert.Equal(FetchProblems.NotPublic, await RefusalAsync(addresses, new(server.Url, "/?to=" + target)));
        }

        Assert.Equal(
            FetchProblems.WrongUrl, await RefusalAsync(addresses, new(server.Url, "/?to=file:///etc/passwd")));
        Assert.Empty(asked);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task Three_redirects_are_followed_and_no_fourth(int redirects, bool followed)
    {
        await using var server = await LoopbackServer.StartAsync(http =>
        {
            var left = int.Parse(http.Request.Path.Value![1..], null);
            if (left == 0) return http.Response.WriteAsync("there");
            http.Response.Redirect($"/{left - 1}");
            return Task.CompletedTask;
        });
        SafeAddress addresses = new([server.Endpoint]);
        Uri start = new(server.Url, $"/{redirects}");

        if (followed)
        {
            using var fetch = new SafeFetch(addresses);
            Assert.Equal(new(server.Url, "/0"), (await fetch.GetAsync(start, Small, Ct)).Final);
        }
        else
        {
            Assert.Equal(FetchProblems.TooManyRedirects, await RefusalAsync(addresses, start));
        }
    }

    [Fact]
    public async Task A_name_that_leads_inside_or_half_inside_is_refused()
    {
        ConcurrentBag<string> asked = [];
        await using var server = await LoopbackServer.StartAsync(http =>
        {
            asked.Add(http.Request.Host.Value!);
            return http.Response.WriteAsync("secret");
        });
        IPAddress[][] answers = [[IPAddress.Loopback], [IPAddress.Parse("1.1.1.1"), IPAddress.IPv6Loopback]];
        foreach (var answer in answers)
        {
            SafeAddress addresses = new([server.Endpoint], (_, _) => Task.FromResult(answer));
            var uri = new Uri($"http://rebound.example:{server.Url.Port}/");
            Assert.Equal(FetchProblems.NotPublic, await RefusalAsync(addresses, uri));
        }

        Assert.Empty(asked);
    }

    [Fact]
    public async Task A_name_is_looked_up_once_for_each_connection_so_that_it_cannot_rebind()
    {
        var lookUps = 0;
        SafeAddress addresses = new([], (_, _) =>
        {
            lookUps++;
            return Task.FromResult<IPAddress[]>([lookUps == 1 ? IPAddress.Parse("1.1.1.1") : IPAddress.Loopback]);
        });

        Assert.Equal([IPAddress.Parse("1.1.1.1")], await addresses.VetAsync("rebound.example", 80, Ct));
        Assert.Equal(1, lookUps);
        var second = await Assert.ThrowsAsync<ProblemException>(() => addresses.VetAsync("rebound.example", 80, Ct));
        Assert.Equal(FetchProblems.NotPublic, second.Problem);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ten_gigabytes_are_cut_off_at_the_limit(bool announced)
    {
        const long all = 10_000_000_000;
        long sent = 0;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        // A bare socket, so that what counts as sent is what somebody took: a web server may write on for a while.
        var sending = Task.Run(
            async () =>
            {
                using var socket = await listener.AcceptSocketAsync(Ct);
                await socket.ReceiveAsync(new byte[4_096], Ct);
                var length = announced ? $"Content-Length: {all}\r\n" : "";
                await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{length}\r\n"), Ct);
                var block = new byte[65_536];
                while (sent < all) sent += await socket.SendAsync(block, Ct);
            },
            Ct);

        var url = new Uri($"http://{listener.LocalEndpoint}/");
        Assert.Equal(FetchProblems.TooLarge, await RefusalAsync(new([url.Authority]), url));
        await Assert.ThrowsAsync<SocketException>(() => sending);
        Assert.True(sent < 100_000_000, $"{sent} bytes were taken.");
    }

    [Fact]
    public async Task A_gzip_bomb_is_cut_off_by_what_it_unpacks_to()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var i = 0; i < 100; i++) await gzip.WriteAsync(new byte[1_000_000], Ct);
        }

        await using var server = await LoopbackServer.StartAsync(async http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.ContentLength = packed.Length;
            await http.Response.Body.WriteAsync(packed.ToArray());
        });

        Assert.True(packed.Length < Small.BytesMax);
        Assert.Equal(FetchProblems.TooLarge, await RefusalAsync(new([server.Endpoint]), server.Url));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_dawdles_is_left_when_the_time_is_up(bool beforeTheHeaders)
    {
        await using var server = await LoopbackServer.StartAsync(async http =>
        {
            while (!beforeTheHeaders)
            {
                await http.Response.WriteAsync("x", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(20, http.RequestAborted);
            }

            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        var hasty = Small with { TimeMax = TimeSpan.FromMilliseconds(300) };

        Assert.Equal(FetchProblems.TooSlow, await RefusalAsync(new([server.Endpoint]), server.Url, hasty));
    }

    [Fact]
    public async Task Answers_that_are_no_documents_and_servers_that_are_not_there_have_codes()
    {
        Uri gone;
        await using (var server = await LoopbackServer.StartAsync(http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        }))
        {
            gone = server.Url;
            var refused = await RefusalAsync(new([server.Endpoint]), server.Url);
            Assert.Equal((FetchProblems.Refused.Code, "It said 404."), (refused.Code, refused.Detail));
        }

        Assert.Equal(FetchProblems.Unreachable, await RefusalAsync(new([$"127.0.0.1:{gone.Port}"]), gone));
        SafeAddress nowhere = new([], (_, _) => Task.FromException<IPAddress[]>(new SocketException()));
        Assert.Equal(FetchProblems.Unreachable, await RefusalAsync(nowhere, new("http://nowhere.example/")));
    }

    [Fact]
    public async Task The_callers_own_cancellation_is_no_problem_of_the_address()
    {
        await using var server = await LoopbackServer.StartAsync(
            http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        using var fetch = new SafeFetch(new([server.Endpoint]));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fetch.GetAsync(server.Url, Small, cancelled.Token));
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<Problem> RefusalAsync(SafeAddress addresses, Uri uri, FetchLimits? limits = null)
    {
        using var fetch = new SafeFetch(addresses);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => fetch.GetAsync(uri, limits ?? Small, Ct));
        return refused.Problem;
    }
}
