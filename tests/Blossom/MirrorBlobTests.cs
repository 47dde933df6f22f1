using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Blossom;

/// <summary>Mirrors of an origin that is allowed here though it is on loopback; the probe has the others.</summary>
[Suite("slice")]
public sealed class MirrorBlobTests(Support.Postgres postgres) : IClassFixture<Support.Postgres>, IDisposable
{
    static readonly byte[] Blob = [.. Enumerable.Range(0, 200_000).Select(n => (byte)(n % 253))];
    static readonly string Hash = BlossomPeer.Hash(Blob);
    readonly TemporaryFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_mirrored_blob_is_kept_with_its_type_and_its_owner()
    {
        await using var origin = await LoopbackServer.StartAsync(ServeAsync);
        await using var server = await StartAsync(origin);

        var first = await server.MirrorAsync($"{origin.Url}{Hash}.png", Hash);
        var second = await server.MirrorAsync($"{origin.Url}moved", Hash);

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.OK], [first.StatusCode, second.StatusCode]);
        using var told = JsonDocument.Parse(await first.Content.ReadAsStringAsync(Ct));
        Assert.Equal("image/png", told.RootElement.GetProperty("type").GetString());
        Assert.EndsWith($"/{Hash}.png", told.RootElement.GetProperty("url").GetString(), StringComparison.Ordinal);
        var read = await server.SendAsync(HttpMethod.Get, $"/{Hash}");
        Assert.Equal(Blob, await read.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal(HttpStatusCode.NoContent, (await server.DeleteAsync(Hash)).StatusCode);
    }

    [Theory]
    [InlineData("endless", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("stalls", HttpStatusCode.BadGateway)]
    [InlineData("missing", HttpStatusCode.BadGateway)]
    [InlineData("round", HttpStatusCode.BadGateway)]
    [InlineData("neighbour", HttpStatusCode.BadGateway)]
    [InlineData("other", HttpStatusCode.Conflict)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.Conflict)]
    public async Task An_origin_that_does_not_give_the_blob_leaves_nothing_behind(string path, HttpStatusCode status)
    {
        await using var origin = await LoopbackServer.StartAsync(ServeAsync);
        await using var server = await StartAsync(origin);

        var answer = await server.MirrorAsync($"{origin.Url}{path}", Hash);

        Assert.Equal(status, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.GetValues("X-Reason").Single());
        Assert.Empty(BlossomPeer.Files(_folder.Path));
    }

    [Fact]
    public async Task A_mirror_needs_a_token_that_names_the_blob()
    {
        await using var origin = await LoopbackServer.StartAsync(ServeAsync);
        await using var server = await StartAsync(origin);

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.MirrorAsync($"{origin.Url}{Hash}")).StatusCode);
    }

    /// <summary>The origin never sends it: who waited for the bytes would be told that it stalls.</summary>
    [Fact]
    public async Task A_key_without_room_is_told_so_before_the_blob_is_fetched()
    {
        await using var origin = await LoopbackServer.StartAsync(ServeAsync);
        await using var server = await BlossomPeer.StartAsync(
            postgres, _folder.Path, new() { ["KeyBytesMax"] = "1000" }, [origin.Endpoint]);

        var answer = await server.MirrorAsync($"{origin.Url}promised", Hash);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        var reason = answer.Headers.GetValues("X-Reason").Single();
        Assert.Contains("[blossom/quota-used]", reason, StringComparison.Ordinal);
    }

    Task<BlossomPeer> StartAsync(LoopbackServer origin) => BlossomPeer.StartAsync(
        postgres, _folder.Path, new() { ["MirrorBytesMax"] = "300000", ["MirrorTimeout"] = "00:00:02" },
        [origin.Endpoint]);

    static async Task ServeAsync(HttpContext http)
    {
        var (answer, ct) = (http.Response, http.RequestAborted);
        switch (http.Request.Path.Value!.TrimStart('/'))
        {
            case "endless":
                while (!ct.IsCancellationRequested) await answer.Body.WriteAsync(Blob, ct);
                break;
            case "stalls":
                await answer.Body.WriteAsync(Blob.AsMemory(0, 1_000), ct);
                await answer.Body.FlushAsync(ct);
                await Task.Delay(Timeout.Infinite, ct);
                break;
            case "promised":
                answer.ContentLength = Blob.Length;
                await answer.Body.FlushAsync(ct);
                await Task.Delay(Timeout.Infinite, ct);
                break;
            case "missing":
                answer.StatusCode = 404;
                break;
            case "other":
                await answer.WriteAsync("something else", ct);
                break;
            case "moved":
                answer.Redirect($"/{Hash}");
                break;
            case "round":
                answer.Redirect("/round");
                break;
            case "neighbour":
                answer.Redirect($"http://127.0.0.1:{answer.HttpContext.Connection.LocalPort - 1}/");
                break;
            default:
                answer.ContentType = "image/png";
                await answer.Body.WriteAsync(Blob, ct);
                break;
        }
    }
}
