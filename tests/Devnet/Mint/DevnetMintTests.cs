using System.Net;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Crypto;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Devnet.Mint;

/// <summary>What the mint keeps over a restart, what it does once, and how it misbehaves on demand.</summary>
public sealed class DevnetMintTests : IDisposable
{
    static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });
    readonly TemporaryFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Keys_spent_proofs_promises_and_quotes_outlive_a_restart()
    {
        string keys, swap, quote;
        await using (var mint = await StartAsync())
        {
            keys = await Http.GetStringAsync($"{mint.Url}/v1/keysets", Ct);
            swap = Swap(mint, 64);
            Assert.Equal(HttpStatusCode.OK, (await PostAsync(mint, "/v1/swap", swap)).Status);
            var asked = await PostAsync(mint, "/v1/mint/quote/bolt11", """{"amount":21,"unit":"sat"}""");
            mint.Network.Send(asked.Body.Text("request"), "customer", ulong.MaxValue);
            quote = asked.Body.Text("quote");
        }

        await using var again = await StartAsync();
        Assert.Equal(keys, await Http.GetStringAsync($"{again.Url}/v1/keysets", Ct));
        var (status, body) = await PostAsync(again, "/v1/swap", swap);
        Assert.Equal((HttpStatusCode.BadRequest, 11_001), (status, body.GetProperty("code").GetInt32()));
        var known = await Http.GetStringAsync($"{again.Url}/v1/mint/quote/bolt11/{quote}", Ct);
        Assert.Contains("\"PAID\"", known, StringComparison.Ordinal);
        using var sent = JsonDocument.Parse(swap);
        var outputs = sent.RootElement.GetProperty("outputs").GetRawText();
        var restored = await PostAsync(again, "/v1/restore", $$"""{"outputs":{{outputs}}}""");
        Assert.NotEmpty(restored.Body.GetProperty("signatures").EnumerateArray());
    }

    [Fact]
    public async Task A_melt_that_hangs_over_a_restart_is_paid_once_and_its_proofs_are_spent()
    {
        string quote, ys, hash;
        await using (var mint = await StartAsync())
        {
            var invoice = mint.Network.Issue(new("shop", 20_000, "tea"));
            hash = invoice.PaymentHash;
            var asked = await PostAsync(
                mint, "/v1/melt/quote/bolt11", $$"""{"request":"{{invoice.Bolt11}}","unit":"sat"}""");
            quote = asked.Body.Text("quote");
            var token = CashuToken.Parse(mint.Token(64));
            ys = JsonSerializer.Serialize(new { Ys = token.Proofs.Select(proof => proof.Y) });
            mint.Network.StallNext(1);
            var melted = await PostAsync(
                mint, "/v1/melt/bolt11",
                JsonSerializer.Serialize(new { quote, inputs = Inputs(token), prefer_async = true }));
            Assert.Equal("PENDING", melted.Body.Text("state"));
        }

        await using var again = await StartAsync();
        Assert.Equal(["PENDING"], await StatesAsync(again, ys));
        again.Network.Release(hash, succeed: true);
        var paid = again.Network.AttemptOf(hash, "mint")!;
        while (!(await Http.GetStringAsync($"{again.Url}/v1/melt/quote/bolt11/{quote}", Ct))
            .Contains("\"PAID\"", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        Assert.Equal(["SPENT"], await StatesAsync(again, ys));
        var known = await Http.GetStringAsync($"{again.Url}/v1/melt/quote/bolt11/{quote}", Ct);
        Assert.Contains(paid.Preimage!, known, StringComparison.Ordinal);
        Assert.Equal(20_000UL, again.Network.ReceivedMsat("shop"));
    }

    [Fact]
    public async Task Of_many_swaps_of_one_proof_at_once_one_succeeds()
    {
        await using var mint = await StartAsync();
        var token = CashuToken.Parse(mint.Token(64));
        var before = mint.OutstandingSat;

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => PostAsync(mint, "/v1/swap", Swap(token))));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.OK),
            answer => Assert.Equal(11_001, answer.Body.GetProperty("code").GetInt32()));
        Assert.Equal(before - 1, mint.OutstandingSat);
    }

    [Fact]
    public async Task A_dropped_reply_was_done_and_the_same_bytes_get_it_from_the_cache()
    {
        await using var mint = await StartAsync();
        var swap = Swap(mint, 32);
        mint.Faults.Order(new("/v1/swap", MintFaultKind.DropReply));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(mint, "/v1/swap", swap));

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(mint, "/v1/swap", swap)).Status);
    }

    [Fact]
    public async Task A_rotation_in_between_refuses_outputs_of_the_old_keyset()
    {
        await using var mint = await StartAsync();
        var swap = Swap(mint, 32);
        mint.Faults.Order(new("/v1/swap", MintFaultKind.Rotate));

        var (status, body) = await PostAsync(mint, "/v1/swap", swap);

        Assert.Equal((HttpStatusCode.BadRequest, 12_002), (status, body.GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task A_bls_keyset_is_listed_beside_the_others_and_other_routes_do_not_exist()
    {
        await using var mint = await StartAsync(new() { ListsBlsKeyset = true });

        var keysets = await Http.GetStringAsync($"{mint.Url}/v1/keysets", Ct);
        Assert.Contains("\"id\":\"02", keysets, StringComparison.Ordinal);
        using var unknown = await Http.GetAsync($"{mint.Url}/v1/onchain", Ct);
        Assert.Equal(HttpStatusCode.NotImplemented, unknown.StatusCode);
    }

    [Theory]
    [InlineData("/v1/swap", """{"inputs":[],"outputs":[]}""")]
    [InlineData("/v1/swap", "{}")]
    [InlineData("/v1/swap", "null")]
    [InlineData("/v1/swap", "[")]
    [InlineData("/v1/mint/bolt11", """{"quote":"x","outputs":[]}""")]
    [InlineData("/v1/melt/bolt11", """{"quote":"x","inputs":[]}""")]
    [InlineData("/v1/mint/quote/bolt11", """{"amount":0,"unit":"sat"}""")]
    [InlineData("/v1/mint/quote/bolt11", """{"amount":1,"unit":"usd"}""")]
    [InlineData("/v1/mint/quote/bolt11", """{"amount":1,"unit":"sat","pubkey":"02"}""")]
    [InlineData("/v1/melt/quote/bolt11", """{"request":"lnbc1","unit":"sat"}""")]
    [InlineData("/v1/checkstate", """{}""")]
    public async Task A_malformed_request_gets_a_coded_400(string path, string body)
    {
        await using var mint = await StartAsync();

        var (status, answer) = await PostAsync(mint, path, body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEqual(0, answer.GetProperty("code").GetInt32());
    }

    Task<DevnetMint> StartAsync(MintOptions? options = null) =>
        DevnetMint.StartAsync(_folder.Path, options ?? new(), TimeProvider.System, Ct);

    static string Swap(DevnetMint mint, long sat) => Swap(CashuToken.Parse(mint.Token(sat)));

    /// <summary>All of a token into random new outputs of one sat less: the input fee.</summary>
    static string Swap(CashuToken token)
    {
        var proofs = token.Proofs;
        var sum = proofs.Aggregate(0UL, (total, proof) => total + proof.Amount) - 1;
        var amounts = Enumerable.Range(0, 63).Select(bit => 1UL << bit).Where(amount => (sum & amount) != 0);
        var outputs = amounts.Select(amount => new
        {
            amount,
            id = proofs[0].Id,
            B_ = CurvePoint.OfSecret(SecretKey.Generate().Reveal())!.ToHex(),
        });
        return JsonSerializer.Serialize(new
        {
            inputs = Inputs(token),
            outputs,
        });
    }

    static IEnumerable<object> Inputs(CashuToken token) => token.Proofs.Select(proof => new
    {
        amount = proof.Amount,
        id = proof.Id,
        secret = proof.Secret,
        C = proof.C,
    });

    static async Task<IEnumerable<string>> StatesAsync(DevnetMint mint, string ys)
    {
        var (_, body) = await PostAsync(mint, "/v1/checkstate", ys);
        return [.. body.GetProperty("states").EnumerateArray().Select(state => state.Text("state")).Distinct()];
    }

    static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(DevnetMint mint, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync(mint.Url + path, content, Ct);
        using var read = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        return (answer.StatusCode, read.RootElement.Clone());
    }
}
