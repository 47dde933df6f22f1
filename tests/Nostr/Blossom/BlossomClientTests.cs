using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Blossom;
using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nostr.Blossom;

/// <summary>Our client against our server, over a socket.</summary>
[Suite("slice")]
public sealed class BlossomClientTests(Support.Postgres postgres)
    : IClassFixture<Support.Postgres>, IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    BlossomPeer _server = null!;
    TestBlossomClient _client = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    OwnSigner Signer => new(_server.Key);

    Uri Server => new(_server.Url);

    public async ValueTask InitializeAsync()
    {
        _server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        _client = new(Server.Authority);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_blob_is_uploaded_asked_for_fetched_listed_and_deleted()
    {
        var blob = BlobContent.Of("some bytes"u8.ToArray(), "text/plain");

        var said = await _client.Blossom.UploadAsync(Server, Signer, blob, Ct);
        var head = await _client.Blossom.HeadAsync(Server, blob.Sha256, Ct);
        var fetched = await _client.Blossom.GetAsync(Server, blob.Sha256, 1_000, Ct);
        var listed = await ListAsync();

        Assert.Equal((blob.Sha256, 10, "text/plain"), (said.Sha256, said.Size, said.Type));
        Assert.Equal(new(10, "text/plain"), head);
        Assert.Equal("some bytes", Encoding.UTF8.GetString(fetched.Body));
        Assert.Contains(listed, one => one.Sha256 == blob.Sha256);

        Assert.True(await _client.Blossom.DeleteAsync(Server, Signer, blob.Sha256, Ct));
        Assert.False(await _client.Blossom.DeleteAsync(Server, Signer, blob.Sha256, Ct));
        Assert.Null(await _client.Blossom.HeadAsync(Server, blob.Sha256, Ct));
    }

    [Fact]
    public async Task A_file_larger_than_any_buffer_goes_up_and_comes_back()
    {
        var path = _folder["large"];
        await File.WriteAllBytesAsync(path, RandomNumberGenerator.GetBytes(3_000_001), Ct);
        var blob = await BlobContent.OfFileAsync(path, "application/octet-stream", Ct);

        await _client.Blossom.UploadAsync(Server, Signer, blob, Ct);
        var fetched = await _client.Blossom.GetAsync(Server, blob.Sha256, 4_000_000, Ct);

        Assert.Equal(3_000_001, fetched.Body.Length);
        await Problem("fetch/too-large", _client.Blossom.GetAsync(Server, blob.Sha256, 1_000_000, Ct));
    }

    [Fact]
    public async Task A_report_is_taken()
    {
        var blob = BlobContent.Of("something bad"u8.ToArray(), "text/plain");
        await _client.Blossom.UploadAsync(Server, Signer, blob, Ct);
        using var anybody = SecretKey.Generate();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        await _client.Blossom.ReportAsync(
            Server, anybody.Sign(BlossomWords.Report([blob.Sha256], "malware", "It bites.", now)), Ct);

        await Problem("blossom-client/not-found", _client.Blossom.ReportAsync(
            Server, anybody.Sign(BlossomWords.Report([new('0', 64)], "malware", "It bites.", now)), Ct));
    }

    [Fact]
    public async Task What_the_server_refuses_says_why()
    {
        using var other = SecretKey.Generate();
        var blob = BlobContent.Of("mine"u8.ToArray(), "text/plain");
        await _client.Blossom.UploadAsync(Server, Signer, blob, Ct);

        var problem = await Problem(
            "blossom-client/refused", _client.Blossom.DeleteAsync(Server, new OwnSigner(other), blob.Sha256, Ct));

        Assert.Contains("does not own", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_is_placed_on_two_servers_the_second_by_a_mirror_and_found_when_the_first_is_gone()
    {
        using var folder = new TemporaryFolder();
        await using var rows = new Support.Postgres();
        await rows.InitializeAsync();
        await using var second = await BlossomPeer.StartAsync(rows, folder.Path, allowed: [Server.Authority]);
        using var client = new TestBlossomClient(Server.Authority, new Uri(second.Url).Authority);
        var blob = BlobContent.Of("on both"u8.ToArray(), "text/plain");

        var kept = await client.Place.PlaceAsync([Server, new(second.Url)], Signer, blob, Ct);

        Assert.Equal([Server, new(second.Url)], kept);
        await client.Blossom.DeleteAsync(Server, Signer, blob.Sha256, Ct);
        var found = await client.Find.FindAsync(kept, blob.Sha256, 100, Ct);
        Assert.Equal(new Uri(second.Url).Authority, found.Final.Authority);
    }

    [Fact]
    public async Task A_server_that_is_down_does_not_keep_a_blob_from_the_others_and_none_at_all_is_a_problem()
    {
        var blob = BlobContent.Of("somewhere"u8.ToArray(), "text/plain");
        Uri dead = new("http://127.0.0.1:9");
        using var client = new TestBlossomClient(Server.Authority, dead.Authority);

        Assert.Equal([Server], await client.Place.PlaceAsync([dead, Server], Signer, blob, Ct));
        await Problem("blossom-client/not-kept", client.Place.PlaceAsync([dead], Signer, blob, Ct));
    }

    [Fact]
    public async Task Other_servers_are_asked_at_once()
    {
        var both = new TaskCompletionSource();
        var met = 0;
        async Task MeetAsync(Microsoft.AspNetCore.Http.HttpContext http)
        {
            // Each answers only when both are asked: one after the other would wait for ever.
            if (http.Request.Path == "/mirror" && Interlocked.Increment(ref met) == 2) both.SetResult();
            await both.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);
            http.Response.StatusCode = http.Request.Method == "HEAD" ? 200 : 404;
        }

        await using var one = await LoopbackServer.StartAsync(MeetAsync);
        await using var two = await LoopbackServer.StartAsync(MeetAsync);
        using var client = new TestBlossomClient(Server.Authority, one.Endpoint, two.Endpoint);
        var blob = BlobContent.Of("for all"u8.ToArray(), "text/plain");

        var kept = await client.Place.PlaceAsync([Server, one.Url, two.Url], Signer, blob, Ct);

        Assert.Equal(2, met);
        Assert.Equal([Server], kept);
    }

    [Fact]
    public async Task Other_bytes_than_those_of_the_hash_are_never_handed_out()
    {
        await using var liar = await LoopbackServer.StartAsync(
            http => http.Response.Body.WriteAsync("lies"u8.ToArray(), Ct).AsTask());
        using var client = new TestBlossomClient(liar.Endpoint);

        await Problem("blossom-client/wrong-bytes", client.Blossom.GetAsync(liar.Url, new('a', 64), 100, Ct));
    }

    [Fact]
    public async Task A_server_on_a_private_address_is_not_talked_to_unless_it_is_allowed()
    {
        using var client = new TestBlossomClient();
        var blob = BlobContent.Of("inside"u8.ToArray(), "text/plain");

        await Problem("fetch/not-public", client.Blossom.UploadAsync(Server, Signer, blob, Ct));
        await Problem("fetch/not-public", client.Blossom.HeadAsync(Server, blob.Sha256, Ct));
    }

    async Task<List<BlobDescriptor>> ListAsync()
    {
        List<BlobDescriptor> all = [];
        await foreach (var blob in _client.Blossom.ListAsync(Server, _server.Key.Pubkey, null, Ct)) all.Add(blob);
        return all;
    }

    static async Task<Problem> Problem(string code, Task asked)
    {
        var thrown = await Assert.ThrowsAsync<ProblemException>(() => asked);
        Assert.Equal(code, thrown.Problem.Code);
        return thrown.Problem;
    }
}
