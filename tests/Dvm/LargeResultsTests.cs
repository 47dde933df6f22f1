using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm;

/// <summary>A result that no event can carry is fetched from Blossom by a stranger with nothing of ours.</summary>
[Suite("slice")]
public sealed class LargeResultsTests(Support.Postgres postgres) : IClassFixture<Support.Postgres>, IAsyncLifetime
{
    const string Large = "A sentence that is said again and again, until no event can hold it. ";

    const string Narrow = "wss://narrow.example/";

    static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    readonly TemporaryFolder _folder = new();
    readonly Customer _customer = new();
    BlossomPeer _server = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static string Text { get; } = string.Concat(Enumerable.Repeat(Large, 3_000));

    public async ValueTask InitializeAsync() => _server = await BlossomPeer.StartAsync(postgres, _folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_large_result_is_named_by_its_address_its_hash_its_type_and_its_size()
    {
        await using var market = await StartAsync(_server.Url);
        var request = _customer.Ask(market.Agent, "anything");

        await market.ReceiveAsync(request, Ct);
        var result = (await market.AnswersAsync(request, Ct))[^1];

        Assert.Equal(6400, result.Kind);
        var bytes = await FetchedAsync(result.Tag("url")!);
        Assert.Equal(Text, Encoding.UTF8.GetString(bytes));
        Assert.Equal(result.Tag("url"), result.Content);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), result.Tag("x"));
        Assert.Equal(($"{bytes.Length}", "text/plain"), (result.Tag("size"), result.Tag("m")));
    }

    [Fact]
    public async Task The_blob_of_a_secret_job_is_sealed_and_the_event_says_nothing_of_it()
    {
        await using var market = await StartAsync(_server.Url);
        var agent = market.Agent.Pubkey;
        var secret = JsonSerializer.Serialize<string[][]>([["i", "anything", "text"]]);
        var content = await _customer.Signer.EncryptAsync(Encryption.Nip44, agent, secret, Ct);
        var request = _customer.Request(content, ["p", agent], ["encrypted"]);

        await market.ReceiveAsync(request, Ct);
        var result = (await market.AnswersAsync(request, Ct))[^1];

        Assert.Null(result.Tag("url") ?? result.Tag("x") ?? result.Tag("size"));
        var plaintext = await _customer.Signer.DecryptAsync(Encryption.Nip44, agent, result.Content, Ct);
        var named = JsonSerializer.Deserialize<string[][]>(plaintext)!.ToDictionary(tag => tag[0], tag => tag[1]);
        var bytes = await FetchedAsync(named["url"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), named["x"]);
        Assert.Equal(-1, bytes.AsSpan().IndexOf("sentence"u8));
        var opened = new byte[bytes.Length - 16];
        using var aes = new AesGcm(Convert.FromHexString(named["decryption-key"]), 16);
        var nonce = Convert.FromHexString(named["decryption-nonce"]);
        aes.Decrypt(nonce, bytes.AsSpan()[..^16], bytes.AsSpan()[^16..], opened);
        Assert.Equal(Text, Encoding.UTF8.GetString(opened));
    }

    [Fact]
    public async Task A_job_chained_on_a_large_result_works_on_all_of_it()
    {
        await using var market = await StartAsync(_server.Url);
        var first = _customer.Ask(market.Agent, "anything");
        await market.ReceiveAsync(first, Ct);
        await market.AnswersAsync(first, Ct);

        market.Kind.Work = (work, _, _) => Task.FromResult(new JobOutput($"{work.Inputs[0].Data.Length}"));
        var second = _customer.Request("", ["p", market.Agent.Pubkey], ["i", first.Id, "job"]);
        await market.ReceiveAsync(second, Ct);

        Assert.Equal($"{Text.Length}", (await market.AnswersAsync(second, Ct))[^1].Content);
    }

    [Fact]
    public async Task A_large_result_that_no_server_keeps_fails_with_a_code()
    {
        await using var market = await StartAsync("http://127.0.0.1:9");
        var request = _customer.Ask(market.Agent, "anything");

        await market.ReceiveAsync(request, Ct);

        Assert.Equal("blossom-client/not-kept", (await market.AnswersAsync(request, Ct))[^1].Tag("code"));
    }

    [Theory]
    [InlineData(8_192L, null, null)]
    [InlineData(null, 8_192L, null)]
    [InlineData(null, null, 8_000L)]
    public async Task What_a_relay_of_the_answer_does_not_take_goes_through_a_blob(
        long? message, long? whole, long? content)
    {
        await using var market = await StartAsync(_server.Url);
        market.Kind.Work = (_, _, _) => Task.FromResult(new JobOutput(Text[..8_190]));
        market.RelayLimits[Narrow] = new()
        {
            MaxMessageLength = message,
            MaxEventLength = whole,
            MaxContentLength = content,
        };

        var there = await AskAsync(market, ["relays", Narrow]);
        Assert.Equal(Text[..8_190], Encoding.UTF8.GetString(await FetchedAsync(there.Tag("url")!)));

        var elsewhere = await AskAsync(market, ["relays", "wss://wide.example/"]);
        Assert.Equal((Text[..8_190], null), (elsewhere.Content, elsewhere.Tag("url")));
    }

    [Fact]
    public async Task The_request_is_left_out_before_a_result_leaves_the_event()
    {
        await using var market = await StartAsync(_server.Url);
        market.Kind.Work = (_, _, _) => Task.FromResult(new JobOutput(Text[..5_000]));
        market.RelayLimits[Narrow] = new() { MaxMessageLength = 8_192 };

        var result = await AskAsync(market, ["relays", Narrow], ["param", "filler", new('x', 4_000)]);

        Assert.Equal((Text[..5_000], null), (result.Content, result.Tag("request")));
    }

    [Fact]
    public async Task Where_no_server_keeps_it_a_result_goes_to_the_relays_that_take_it()
    {
        await using var market = await StartAsync("http://127.0.0.1:9");
        market.Kind.Work = (_, _, _) => Task.FromResult(new JobOutput(Text[..8_190]));
        market.RelayLimits[Narrow] = new() { MaxMessageLength = 8_192 };

        Assert.Equal(Text[..8_190], (await AskAsync(market, ["relays", Narrow])).Content);
    }

    async Task<NostrEvent> AskAsync(JobMarket market, params string[][] tags)
    {
        var request = _customer.Ask(market.Agent, "anything", tags);
        await market.ReceiveAsync(request, Ct);
        return (await market.AnswersAsync(request, Ct))[^1];
    }

    async Task<JobMarket> StartAsync(string server)
    {
        var market = await JobMarket.StartAsync(
            postgres.Db, Ct, null,
            ("BlossomClient:Servers:0", server), ("Fetch:AllowedEndpoints:0", new Uri(server).Authority));
        market.Kind.Work = (_, _, _) => Task.FromResult(new JobOutput(Text));
        return market;
    }

    static Task<byte[]> FetchedAsync(string url) => Http.GetByteArrayAsync(url, Ct);
}
