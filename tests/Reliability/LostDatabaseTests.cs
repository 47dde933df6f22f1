using System.Text;
using System.Text.Json;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// The whole thing after the worst: jobs were paid, and the database is gone. The seed is not, and the mint is well:
/// <c>./poa wallet restore</c> finds our ecash, the books balance with it, and it can be spent.
/// </summary>
[Suite("whole")]
public sealed class LostDatabaseTests : IAsyncLifetime
{
    readonly Support.Poa _poa = new() { Settings = { ["Market__Prices__5001"] = "21" } };
    readonly HttpClient _http = new(new SocketsHttpHandler());

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _poa.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _poa.DisposeAsync();
    }

    [Fact]
    public async Task What_the_mint_holds_for_us_is_found_booked_and_spent()
    {
        var customer = SecretKey.Generate();
        await DepositAsync(customer, 700);
        var given = await PayOutAsync(customer, 100);
        var held = await HeldAsync();
        // The treasury's, and what is left of the customer's.
        Assert.True(held > 90_000, $"{held} sat");

        var (code, said) = await Support.Poa.RunAsync("down", "--data", _poa.Data);
        Assert.True(code == 0, said);
        _poa.Db.Clear();
        Directory.Delete(Path.Combine(_poa.Data, "pg"), recursive: true);
        await _poa.UpAsync();

        (code, said) = await Support.Poa.RunAsync("wallet", "restore", "--data", _poa.Data);
        Assert.True(code == 0, said);
        Assert.Contains(_poa.Status.Mint!, said, StringComparison.Ordinal);
        Assert.Equal(held, await HeldAsync());
        Assert.Equal(held * 1_000, (await Books.BalanceAsync(_poa.Db, AccountCode.Recovered, Ct)).Value);
        (code, said) = await Support.Poa.RunAsync("wallet", "restore", "--json", "--data", _poa.Data);
        Assert.True(code == 0, said);
        var again = JsonDocument.Parse(said).RootElement;
        Assert.Equal(0, again.GetProperty("amount_sat").GetInt64());
        var mint = Assert.Single(again.GetProperty("mints").EnumerateArray());
        Assert.Equal(_poa.Status.Mint, mint.Text("mint"));
        Assert.NotEmpty(mint.GetProperty("keysets").EnumerateArray());
        await AuditAsync();

        // What was given away before is its holder's, and what was found makes new tokens that the mint takes.
        await DepositAsync(customer, 300);
        Assert.Equal(100UL, given.Amount);
        await TakeAsync(customer, given.Write());
        var spent = await PayOutAsync(customer, 350);
        await TakeAsync(SecretKey.Generate(), spent.Write());
        Assert.True(await _poa.Db.OneAsync<bool>(
            "select exists (select from payments.ecash_proof where source_op = @none and state = 'spent')",
            new { none = Guid.Empty }, Ct));
        await AuditAsync();
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_in_a_line()
    {
        var (code, said) = await Support.Poa.RunAsync("wallet", "restore", "--data", $"{_poa.Data}/none");
        Assert.Equal(12, code);
        Assert.Contains("server/not-running", said, StringComparison.Ordinal);

        await _poa.KillAsync("devnet");
        (code, said) = await Support.Poa.RunAsync("wallet", "restore", "--data", _poa.Data);
        Assert.Equal(10, code);
        Assert.Contains(CashuProblems.MintUnreachable.Code, said, StringComparison.Ordinal);
        (code, said) = await Support.Poa.RunAsync("wallet", "--help");
        Assert.True(code == 0, said);
        Assert.Contains("restore", said, StringComparison.Ordinal);
        await _poa.UpAsync();
    }

    async Task AuditAsync()
    {
        var (code, said) = await Support.Poa.RunAsync("audit", "--data", _poa.Data);
        Assert.True(code == 0, said);
    }

    Task<long> HeldAsync() => _poa.Db.OneAsync<long>(
        "select coalesce(sum(amount_sat), 0)::bigint from payments.ecash_proof where state in ('live', 'reserved')",
        null, Ct);

    async Task DepositAsync(SecretKey key, long sat)
    {
        var made = await PostAsync($"{_poa.Status.Faucet}/token", $$"""{"amount_sat":{{sat}}}""", null);
        await TakeAsync(key, made.Text("token"));
    }

    async Task TakeAsync(SecretKey key, string token) => Assert.Equal(
        "accepted", (await PostAsync($"{_poa.Status.Api}/balances/{key.Pubkey}/cashu", token, null)).Text("state"));

    async Task<CashuToken> PayOutAsync(SecretKey key, long sat)
    {
        var order = $$"""{"id":"{{Guid.NewGuid()}}","amount_sat":{{sat}},"to":"token"}""";
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        late.CancelAfter(TimeSpan.FromMinutes(3));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var payout = await PostAsync($"{_poa.Status.Api}/payouts", order, key);
            if (payout.Text("state") == "paid") return CashuToken.Parse(payout.Text("token"));
            await tick.WaitForNextTickAsync(late.Token);
        }
    }

    async Task<JsonElement> PostAsync(string url, string body, SecretKey? signer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body) };
        if (signer is not null)
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            var signed = signer.Sign(Nip98Words.Request("POST", url, Encoding.UTF8.GetBytes(body), now));
            request.Headers.TryAddWithoutValidation("Authorization", Nip98Words.Header(signed));
        }

        using var answer = await _http.SendAsync(request, Ct);
        var said = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, said);
        return JsonDocument.Parse(said).RootElement;
    }
}
