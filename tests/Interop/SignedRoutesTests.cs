using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>
/// Money over HTTP by NIP-98, with tokens of nostr-tools and of ours, against a whole running instance: what is signed
/// for this request, by this key, now, is done once; anything else is refused by a code and moves nothing.
/// </summary>
[Suite("interop")]
public sealed class SignedRoutesTests(Support.Poa poa) : IClassFixture<Support.Poa>, IDisposable
{
    readonly SecretKey _own = SecretKey.Generate();
    readonly SecretKey _other = SecretKey.Generate();
    readonly HttpClient _http = new(new SocketsHttpHandler());

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    string Api => poa.Status.Api!;

    public void Dispose()
    {
        _own.Dispose();
        _other.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task A_balance_is_shown_to_its_own_key_for_a_request_that_is_signed_for_now_and_here()
    {
        await FundAsync(50);
        var url = $"{Api}/balance";
        var theirs = await TheirsAsync(url, "GET", null);
        foreach (var header in (string[])[theirs, theirs, Ours("GET", url)])
        {
            var (status, body) = await SendAsync("GET", "/balance", header);
            Assert.Equal(
                (200, _own.Pubkey, 49_000),
                (status, body.Text("key"), body.GetProperty("available_msat").GetInt64()));
        }

        await RefusesAsync("auth/missing", null);
        await RefusesAsync("auth/missing", "Bearer x");
        await RefusesAsync("auth/missing", "Nostr not-base64!");
        await RefusesAsync("auth/wrong-place", Ours("POST", url));
        await RefusesAsync("auth/wrong-place", Ours("GET", $"{url}?a=b"));
        await RefusesAsync("auth/wrong-place", Ours("GET", $"{Api}/refunds/{Guid.NewGuid()}"));
        await RefusesAsync("auth/wrong-time", Ours("GET", url, at: Now - 120));
        await RefusesAsync("auth/wrong-time", Ours("GET", url, at: Now + 120));
        var signed = _own.Sign(Nip98Words.Request("GET", url, [], Now));
        await RefusesAsync("auth/wrong-kind", Nip98Words.Header(_own.Sign(new(1, Now, signed.Tags, ""))));
        await RefusesAsync("event/wrong-signature", Nip98Words.Header(signed with { Sig = new string('1', 128) }));
        await RefusesAsync("event/wrong-id", Nip98Words.Header(signed with { Pubkey = _other.Pubkey }));

        // Another site has its visitor sign for itself, and hands that on with its own name.
        var evil = $"evil.example:{new Uri(Api).Port}";
        var (refused, why) = await SendAsync("GET", "/balance", Ours("GET", $"http://{evil}/balance"), host: evil);
        Assert.Equal((401, "auth/wrong-place"), (refused, why.Text("code")));
    }

    [Fact]
    public async Task A_payout_leaves_once_for_what_its_owner_signed()
    {
        await FundAsync(100);
        var id = Guid.NewGuid();
        var order = Order(id, 40, "token");
        await RefusesPayoutAsync("auth/wrong-payload", order, Ours("POST", $"{Api}/payouts", Order(id, 41, "token")));
        await RefusesPayoutAsync("auth/wrong-payload", order, Ours("POST", $"{Api}/payouts"));
        foreach (var (amount, to, code) in ((long, string, string)[])
        [
            (0, "token", "ledger/amount-out-of-range"), (-1, "token", "ledger/amount-out-of-range"),
            (long.MaxValue, "token", "ledger/amount-out-of-range"), (100, "token", "ledger/insufficient"),
            (1, "not an address", "escrow/target-malformed"), (1, "http://127.0.0.1/x", "escrow/target-malformed"),
        ])
        {
            await RefusesPayoutAsync(code, Order(Guid.NewGuid(), amount, to), null);
        }

        await RefusesPayoutAsync("escrow/target-malformed", "not json"u8.ToArray(), null);
        Assert.Equal(99_000, await BalanceAsync());

        // nostr-tools signs; the very same request again is the same payout.
        var header = await TheirsAsync($"{Api}/payouts", "POST", JsonDocument.Parse(order).RootElement);
        foreach (var _ in (int[])[1, 2, 3])
        {
            var (status, asked) = await SendAsync("POST", "/payouts", header, order);
            Assert.Equal(
                (200, $"{id}", 40_000), (status, asked.Text("id"), asked.GetProperty("amount_msat").GetInt64()));
        }

        Assert.Equal(59_000, await BalanceAsync());
        await RefusesPayoutAsync("escrow/payout-differs", Order(id, 39, "token"), null);
        await RefusesPayoutAsync("escrow/payout-differs", Order(id, 40, "a@b.example"), null);
        await RefusesPayoutAsync(
            "escrow/payout-unknown", order, Nip98Words.Header(
                _other.Sign(Nip98Words.Request("POST", $"{Api}/payouts", order, Now))));

        var path = $"/payouts/{id}";
        var (stranger, hidden) = await SendAsync(
            "GET", path, Nip98Words.Header(_other.Sign(Nip98Words.Request("GET", Api + path, [], Now))));
        Assert.Equal((404, "escrow/payout-unknown"), (stranger, hidden.Text("code")));
        var paid = await PaidAsync(path);
        Assert.StartsWith("cashuB", paid.Text("token"), StringComparison.Ordinal);
        Assert.Equal(59_000, await BalanceAsync());
    }

    [Fact]
    public async Task The_address_of_a_payout_can_be_replaced_by_its_owner_until_it_is_dispatched()
    {
        await FundAsync(100);
        var id = Guid.NewGuid();
        var (_, asked) = await SendAsync(
            "POST", "/payouts", null, Order(id, 20, "nobody@127.0.0.1:1"));
        Assert.Equal("lightning", asked.Text("way"));
        var path = $"/payouts/{id}";
        var to = JsonSerializer.SerializeToUtf8Bytes(new { to = $"carol@{new Uri(poa.Status.Mint!).Authority}" });
        var (stranger, _) = await SendAsync(
            "PUT", path, Nip98Words.Header(_other.Sign(Nip98Words.Request("PUT", Api + path, to, Now))), to);
        Assert.Equal(404, stranger);
        var (status, _) = await SendAsync("PUT", path, null, to);
        Assert.Equal(200, status);
        var paid = await PaidAsync(path);
        Assert.Equal(64, paid.Text("preimage").Length);
        var (late, refused) = await SendAsync("PUT", path, null, to);
        Assert.Equal((409, "escrow/payout-dispatched"), (late, refused.Text("code")));
    }

    async Task<JsonElement> PaidAsync(string path)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        late.CancelAfter(TimeSpan.FromMinutes(2));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var (_, body) = await SendAsync("GET", path, null);
            if (body.Text("state") == "paid") return body;
            await tick.WaitForNextTickAsync(late.Token);
        }
    }

    async Task RefusesAsync(string code, string? header)
    {
        var (status, body) = await SendAsync("GET", "/balance", header ?? "");
        Assert.True(status is 400 or 401, $"{status}");
        Assert.Equal(code, body.Text("code"));
    }

    /// <summary>Signed by us where no header is given.</summary>
    async Task RefusesPayoutAsync(string code, byte[] body, string? header)
    {
        var (status, refused) = await SendAsync("POST", "/payouts", header, body);
        Assert.InRange(status, 400, 499);
        Assert.Equal(code, refused.Text("code"));
    }

    async Task<long> BalanceAsync()
    {
        var (_, body) = await SendAsync("GET", "/balance", null);
        return body.GetProperty("available_msat").GetInt64();
    }

    async Task FundAsync(long sat)
    {
        using var made = await _http.PostAsync(
            $"{poa.Status.Faucet}/token", new StringContent($$"""{"amount_sat":{{sat}}}"""), Ct);
        var token = JsonDocument.Parse(await made.Content.ReadAsStringAsync(Ct)).RootElement.Text("token");
        using var taken = await _http.PostAsync($"{Api}/balances/{_own.Pubkey}/cashu", new StringContent(token), Ct);
        Assert.True(taken.IsSuccessStatusCode, await taken.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>The header is ours where none is given; an empty one is left out.</summary>
    async Task<(int Status, JsonElement Body)> SendAsync(
        string method, string path, string? header, byte[]? body = null, string? host = null)
    {
        using var request = new HttpRequestMessage(new(method), Api + path);
        header ??= Ours(method, Api + path, body);
        if (header.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", header);
        if (host is not null) request.Headers.Host = host;
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var answer = await _http.SendAsync(request, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default);
    }

    string Ours(string method, string url, byte[]? body = null, long? at = null) =>
        Nip98Words.Header(_own.Sign(Nip98Words.Request(method, url, body ?? [], at ?? Now)));

    async Task<string> TheirsAsync(string url, string method, JsonElement? body)
    {
        var secret = Convert.ToHexStringLower(_own.Reveal());
        var line = JsonSerializer.Serialize(new { op = "token", secret, url, method, body }) + "\n";
        return (await Node.RunAsync("nips.mjs", stdin: line, ct: Ct)).Single().Text("value");
    }

    /// <summary>As JSON.stringify writes it, since nostr-tools signs for that.</summary>
    static byte[] Order(Guid id, long sat, string to) =>
        Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","amount_sat":{{sat}},"to":"{{to}}"}""");
}
