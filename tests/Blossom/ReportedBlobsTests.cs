using System.Net;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Blossom;

/// <summary>
/// Reports as strangers make them and verdicts as the operator gives them, by <c>./poa reports</c>, on a server that
/// hides what two keys reported.
/// </summary>
[Suite("slice")]
public sealed class ReportedBlobsTests(Support.Postgres postgres) : IClassFixture<Support.Postgres>, IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly TemporaryFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_operator_sees_what_is_reported_blocks_it_for_good_or_allows_it_whoever_reports_it()
    {
        await using var server = await StartAsync();
        var (bad, good) = ("bad"u8.ToArray(), "good"u8.ToArray());
        var (badHash, goodHash) = (BlossomPeer.Hash(bad), BlossomPeer.Hash(good));
        await server.UploadAsync(bad);
        await server.UploadAsync(good);
        Assert.Equal("Nothing was reported.", await VerbAsync(0));
        foreach (var hash in (string[])[badHash, goodHash]) await ReportTwiceAsync(server, hash);
        Assert.Equal(HttpStatusCode.Gone, await GetAsync(server, goodHash));

        var listed = await VerbAsync(0);
        Assert.Contains($"{badHash}  undecided\n  3 bytes of text/plain; by 2 (malware, spam)", listed, default);
        Assert.Contains("\"Look  [31m at it.\"", listed, StringComparison.Ordinal);

        await VerbAsync(0, "block", badHash);
        await VerbAsync(0, "allow", goodHash);
        await UntilAsync(() => GetAsync(server, goodHash), HttpStatusCode.OK);
        await UntilAsync(() => AskAsync(server, bad), HttpStatusCode.Forbidden);

        Assert.Equal(HttpStatusCode.Gone, await GetAsync(server, badHash));
        Assert.Equal(HttpStatusCode.Forbidden, (await server.UploadAsync(bad)).StatusCode);
        Assert.Null(await server.Store.SizeAsync(badHash, Ct));
        var list = await server.SendAsync(HttpMethod.Get, $"/list/{server.Key.Pubkey}");
        Assert.DoesNotContain(badHash, await list.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var told = JsonDocument.Parse(await VerbAsync(0, "--json"));
        Assert.Equal(
            [(badHash, "blocked"), (goodHash, "allowed")],
            told.RootElement.EnumerateArray().Select(one => (one.Text("sha256"), one.Text("state"))).Order(
                Comparer<(string, string State)>.Create((a, b) => string.CompareOrdinal(b.State, a.State))).ToArray());

        // Changed his mind: it is welcome again, and needs to be brought.
        await VerbAsync(0, "allow", badHash);
        await UntilAsync(async () => (await server.UploadAsync(bad)).StatusCode, HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, badHash));
    }

    [Fact]
    public async Task What_was_blocked_while_no_server_ran_is_never_served()
    {
        var blob = "blocked meanwhile"u8.ToArray();
        await using (var before = await StartAsync()) await before.UploadAsync(blob);
        await VerbAsync(0, "block", BlossomPeer.Hash(blob));

        await using var server = await StartAsync();

        Assert.Equal(HttpStatusCode.Gone, await GetAsync(server, BlossomPeer.Hash(blob)));
        Assert.Null(await server.Store.SizeAsync(BlossomPeer.Hash(blob), Ct));
    }

    [Fact]
    public async Task What_is_no_hash_is_refused() =>
        Assert.Contains("(blossom/bad-hash)", await VerbAsync(12, "block", "all"), StringComparison.Ordinal);

    Task<BlossomPeer> StartAsync() => BlossomPeer.StartAsync(
        postgres, _folder.Path, new() { ["ReportersMax"] = "2", ["VerdictsEvery"] = "00:00:00.100" });

    async Task<string> VerbAsync(int code, params string[] args)
    {
        var start = Support.Poa.StartOf(["reports", .. args]);
        start.Environment["ConnectionStrings__Postgres"] = postgres.ConnectionString;
        var (said, output) = await Support.Poa.RunAsync(start);
        Assert.True(said == code, $"{said}: {output}");
        return output.Trim();
    }

    static async Task ReportTwiceAsync(BlossomPeer server, string hash)
    {
        foreach (var reason in (string[])["spam", "malware"])
        {
            using var key = SecretKey.Generate();
            var report = key.Sign(new(1_984, 1_800_000_000, [["x", hash, reason]], "Look \e[31m at it."));
            using var body = new StringContent(
                Encoding.UTF8.GetString(EventJson.Write(report)), Encoding.UTF8, "application/json");
            Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Put, "/report", null, body)).StatusCode);
        }
    }

    static async Task<HttpStatusCode> GetAsync(BlossomPeer server, string hash) =>
        (await server.SendAsync(HttpMethod.Get, $"/{hash}")).StatusCode;

    static async Task<HttpStatusCode> AskAsync(BlossomPeer server, byte[] blob)
    {
        var hash = BlossomPeer.Hash(blob);
        var answer = await server.SendAsync(
            HttpMethod.Head, "/upload", BlossomPeer.Token(server.Key, "upload", hash), null,
            ("X-SHA-256", hash), ("X-Content-Length", $"{blob.Length}"));
        return answer.StatusCode;
    }

    static async Task UntilAsync(Func<Task<HttpStatusCode>> ask, HttpStatusCode wanted)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        late.CancelAfter(Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await ask() != wanted) await tick.WaitForNextTickAsync(late.Token);
    }
}
