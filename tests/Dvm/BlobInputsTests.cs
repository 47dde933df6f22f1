using System.Text;
using PoA.Nostr.Blossom;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm;

/// <summary>A request names its input by hash; the job works on the bytes that have it, or says why not.</summary>
[Suite("slice")]
public sealed class BlobInputsTests(Support.Postgres postgres) : IClassFixture<Support.Postgres>, IAsyncLifetime
{
    static readonly string?[] Refusals = ["fetch/not-public", "fetch/wrong-url", "blossom-client/not-found"];

    readonly TemporaryFolder _folder = new();
    readonly Customer _customer = new();
    BlossomPeer _server = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>More than any event holds.</summary>
    static string Large { get; } = string.Concat(Enumerable.Range(0, 20_000).Select(n => $"sentence {n}. "));

    public async ValueTask InitializeAsync() => _server = await BlossomPeer.StartAsync(postgres, _folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("blob", "{0}", "{1}")]
    [InlineData("sha256", "{0}", "{1}")]
    [InlineData("url", "blossom:{0}.txt?xs={1}", "")]
    [InlineData("text", "blossom:{0}.txt?xs=http%3A%2F%2F127.0.0.1%3A9&xs={1}", "")]
    [InlineData("blob", "blossom:{0}.bin?sz=9&xs={1}", "")]
    public async Task The_text_behind_a_hash_is_what_the_job_works_on(string type, string data, string hint)
    {
        var hash = await UploadAsync(Encoding.UTF8.GetBytes(Large));
        await using var market = await StartAsync(_server.Url);
        market.Kind.Work = (work, _, _) => Task.FromResult(new JobOutput(
            $"{work.Inputs[0].Type} {work.Inputs[0].Data == Large} {work.Inputs[0].Marker}"));

        var said = await AskAsync(market, Format(data, hash), type, Format(hint, hash), "the text");

        Assert.Equal("Text True the text", said.Content);
    }

    [Fact]
    public async Task Our_own_servers_are_asked_where_no_other_is_named()
    {
        var hash = await UploadAsync("kept with us"u8.ToArray());
        await using var market = await StartAsync(_server.Url, ("BlossomClient:Servers:0", _server.Url));

        Assert.Equal("kept with us", (await AskAsync(market, hash, "blob")).Content);
    }

    [Fact]
    public async Task What_is_no_text_stays_an_address_with_its_hash()
    {
        var hash = await UploadAsync([0x25, 0x50, 0x44, 0x46, 0, 0xff]);
        await using var market = await StartAsync(_server.Url);
        market.Kind.Work = (work, _, _) => Task.FromResult(
            new JobOutput($"{work.Inputs[0].Type} {work.Inputs[0].Data} {work.Inputs[0].Sha256}"));

        var named = await AskAsync(market, hash, "blob", _server.Url);
        var addressed = await AskAsync(market, $"{_server.Url}/{hash}.pdf", "url");

        Assert.Equal($"Url {_server.Url}/{hash} {hash}", named.Content);
        Assert.Equal($"Url {_server.Url}/{hash}.pdf {hash}", addressed.Content);
    }

    [Fact]
    public async Task Other_bytes_than_those_of_the_hash_are_not_worked_on()
    {
        var hash = new string('e', 64);
        await using var liar = await LoopbackServer.StartAsync(
            http => http.Response.Body.WriteAsync("lies"u8.ToArray(), Ct).AsTask());
        await using var market = await StartAsync(liar.Url.GetLeftPart(UriPartial.Authority));

        var said = await AskAsync(market, hash, "blob", liar.Url.AbsoluteUri);

        Assert.Equal("blossom-client/wrong-bytes", said.Tag("code"));
    }

    [Fact]
    public async Task A_secret_job_opens_the_sealed_blobs_that_it_names_and_no_other_key_does()
    {
        var (first, one) = SealedBlob.Seal("the first secret"u8, "text/plain");
        var (second, two) = SealedBlob.Seal("the second secret"u8, "text/plain");
        foreach (var blob in new[] { first, second })
        {
            using var bytes = new MemoryStream();
            await blob.Open().CopyToAsync(bytes, Ct);
            Assert.Equal(blob.Sha256, await UploadAsync(bytes.ToArray()));
        }

        await using var market = await StartAsync(_server.Url);
        market.Kind.Work = (work, _, _) => Task.FromResult(
            new JobOutput(string.Join(" and ", work.Inputs.Select(input => input.Data))));

        var said = await AskSecretlyAsync(market, Sealed(one), Sealed(two));
        var wrong = await AskSecretlyAsync(market, Sealed(one with { Key = two.Key }));

        Assert.Equal("the first secret and the second secret", said);
        Assert.Contains("dvm/blob-sealed", wrong, StringComparison.Ordinal);
    }

    JobInput Sealed(EncryptedFile file) => new(file.Sha256, JobInputType.Blob, _server.Url)
    {
        Seal = new(file.Algorithm, file.Key, file.Nonce),
    };

    async Task<string> AskSecretlyAsync(JobMarket market, params JobInput[] inputs)
    {
        var agent = market.Agent.Pubkey;
        var tags = Nip90Words.WriteRequest(new(inputs, [], null, [], null));
        var secret = Encoding.UTF8.GetString(EventJson.WriteTags(tags));
        var content = await _customer.Signer.EncryptAsync(Encryption.Nip44, agent, secret, Ct);
        var request = _customer.Request(content, ["p", agent], ["encrypted"]);
        await market.ReceiveAsync(request, Ct);
        var said = (await market.AnswersAsync(request, Ct))[^1];
        var plain = said.Content.Length > 0
            ? await _customer.Signer.DecryptAsync(Encryption.Nip44, agent, said.Content, Ct)
            : "";
        return said.Kind == Nip90Words.FeedbackKind ? $"{said.Tag("code")} {plain}" : plain;
    }

    [Fact]
    public async Task More_than_a_job_takes_is_not_fetched_to_its_end()
    {
        var hash = await UploadAsync(new byte[Limits.JobInputBytesMax + 1]);
        await using var market = await StartAsync(_server.Url);

        Assert.Equal("dvm/input-too-large", (await AskAsync(market, hash, "blob", _server.Url)).Tag("code"));
        Assert.Equal(
            "dvm/input-too-large",
            (await AskAsync(market, $"blossom:{hash}.bin?sz=1048577", "url")).Tag("code"));
    }

    [Fact]
    public async Task All_blobs_of_a_job_share_one_limit()
    {
        var first = await UploadAsync(Encoding.UTF8.GetBytes(new string('a', 600_000)));
        var second = await UploadAsync(Encoding.UTF8.GetBytes(new string('b', 600_000)));
        await using var market = await StartAsync(_server.Url);
        var request = _customer.Request(
            "", ["p", market.Agent.Pubkey], ["i", first, "blob", _server.Url], ["i", second, "blob", _server.Url]);

        await market.ReceiveAsync(request, Ct);

        Assert.Equal("dvm/input-too-large", (await market.AnswersAsync(request, Ct))[^1].Tag("code"));
    }

    [Theory]
    [InlineData("not a hash")]
    [InlineData("../../etc/passwd")]
    [InlineData("https://example.com/file")]
    [InlineData("EEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE")]
    public async Task A_name_that_is_no_hash_is_refused_when_it_arrives(string name)
    {
        await using var market = await StartAsync(_server.Url);

        Assert.Equal("dvm/blob-misnamed", (await AskAsync(market, name, "blob")).Tag("code"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://169.254.169.254")]
    [InlineData("http://[::ffff:127.0.0.1]:8080")]
    [InlineData("file:///etc/passwd")]
    public async Task A_server_inside_our_walls_is_not_asked(string server)
    {
        await using var market = await StartAsync(_server.Url);

        var said = await AskAsync(market, new string('d', 64), "blob", server);

        Assert.Contains(said.Tag("code"), Refusals);
    }

    async Task<string> UploadAsync(byte[] bytes)
    {
        using var answer = await _server.UploadAsync(bytes);
        answer.EnsureSuccessStatusCode();
        return BlossomPeer.Hash(bytes);
    }

    async Task<NostrEvent> AskAsync(JobMarket market, string data, string type, string hint = "", string marker = "")
    {
        var request = _customer.Request("", ["p", market.Agent.Pubkey], ["i", data, type, hint, marker]);
        await market.ReceiveAsync(request, Ct);
        return (await market.AnswersAsync(request, Ct))[^1];
    }

    Task<JobMarket> StartAsync(string allowed, params (string Key, string Value)[] settings) =>
        JobMarket.StartAsync(
            postgres.Db, Ct, null, [("Fetch:AllowedEndpoints:0", new Uri(allowed).Authority), .. settings]);

    string Format(string text, string hash) =>
        text.Replace("{0}", hash, StringComparison.Ordinal)
            .Replace("{1}", _server.Url, StringComparison.Ordinal);
}
