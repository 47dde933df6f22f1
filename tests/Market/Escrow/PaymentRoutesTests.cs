using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Server;
using PoA.Nostr.Tests.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>Ecash over HTTP: what arrived of it, what mints took, and why it was not taken.</summary>
[Suite("slice")]
public sealed class PaymentRoutesTests(Postgres postgres) : IClassFixture<Postgres>
{
    static readonly HttpClient Http = new(new SocketsHttpHandler());

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_answer_to_a_deposit_says_what_was_given_what_arrived_and_what_mints_took()
    {
        await using var ours = await Mints.StartAsync();
        await using var foreign = await Mints.StartAsync(new() { Node = "abroad" }, ours.Network);
        await using var market = await PaidMarket.StartAsync(
            postgres.Db, ours, Ct, ("Cashu:ForeignTokenMaxSat", "100"),
            ("Fetch:AllowedEndpoints:0", new Uri(foreign.Url).Authority));
        await using var app = await ServeAsync(market);
        var key = SecretKey.Generate().Pubkey;

        var (status, own) = await PostAsync(app, $"/balances/{key}/cashu", ours.Token(64));
        Assert.Equal((200, "accepted"), ((int)status, own.Text("state")));
        Assert.Equal((64_000, 63_000, 1_000), Amounts(own));
        Assert.Equal(Msat.FromSat(63), await market.BalanceAsync(AccountCode.Balance(key), Ct));

        // One sat of input fee, and the least that mints reserve for Lightning.
        (status, var others) = await PostAsync(app, $"/balances/{key}/cashu", foreign.Token(50));
        Assert.Equal((200, "accepted"), ((int)status, others.Text("state")));
        Assert.Equal((50_000, 47_000, 3_000), Amounts(others));
        Assert.Equal(Msat.FromSat(110), await market.BalanceAsync(AccountCode.Balance(key), Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_mint_that_has_not_said_yet_is_no_answer_and_the_same_token_again_asks_for_it()
    {
        await using var mint = await Mints.StartAsync();
        await using var proxy = await MintProxy.StartAsync(mint.Url);
        await using var market = await PaidMarket.StartAsync(postgres.Db, proxy.Url, Ct);
        await using var app = await ServeAsync(market);
        var token = Of(32);
        var key = SecretKey.Generate().Pubkey;
        var (first, _) = await PostAsync(app, $"/balances/{SecretKey.Generate().Pubkey}/cashu", Of(8));
        Assert.Equal(HttpStatusCode.OK, first);

        // Not heard, and neither is anything that would find it out.
        proxy.Order("/v1/swap", new Trouble.DropReply());
        proxy.Order("/v1/restore", new Trouble.DropReply());
        var (status, waits) = await PostAsync(app, $"/balances/{key}/cashu", token);
        Assert.Equal((202, "waiting"), ((int)status, waits.Text("state")));
        await PaidMarket.UntilAsync(
            async () => (await PostAsync(app, $"/balances/{key}/cashu", token)).Status == HttpStatusCode.OK, Ct);
        var (_, told) = await PostAsync(app, $"/balances/{key}/cashu", token);
        Assert.Equal((32_000, 31_000, 1_000), Amounts(told));
        Assert.Equal(Msat.FromSat(31), await market.BalanceAsync(AccountCode.Balance(key), Ct));
        await market.AssertBalancedAsync(Ct);

        string Of(long sat) => (CashuToken.Parse(mint.Token(sat)) with { Mint = proxy.Url }).Write();
    }

    [Fact]
    public async Task Where_the_operator_wants_DLEQ_a_proof_without_one_is_refused_at_each_door()
    {
        await using var mint = await Mints.StartAsync();
        await using var market = await PaidMarket.StartAsync(
            postgres.Db, mint, Ct, ("Cashu:RequireDleq", "true"));
        await using var app = await ServeAsync(market);
        var bare = CashuToken.Parse(mint.Token(32));
        bare = bare with { Proofs = [.. bare.Proofs.Select(proof => proof with { Dleq = null })] };
        var key = SecretKey.Generate().Pubkey;

        var inRequest = await market.AskAsync(market.Request(["cashu", bare.Write()]), Ct);
        Assert.Equal(
            ("payment-required", CashuProblems.ProofIncomplete.Code), (inRequest.Tag("status"), inRequest.Tag("code")));
        var quoted = market.Request();
        await market.AskAsync(quoted, Ct);
        var payload = new PaymentPayload(quoted.Id, bare).Write();
        foreach (var (path, body) in ((string, string)[])
        [
            ("/payments/cashu", payload), ($"/balances/{key}/cashu", bare.Write()), ("/treasury/cashu", bare.Write()),
        ])
        {
            var (status, refused) = await PostAsync(app, path, body);
            Assert.Equal((400, CashuProblems.ProofIncomplete.Code), ((int)status, refused.Text("code")));
            Assert.Equal("fix-request", refused.GetProperty("recovery").Text("action"));
        }

        // The same coins with their proofs are good.
        var (paid, _) = await PostAsync(
            app, "/payments/cashu", new PaymentPayload(quoted.Id, CashuToken.Parse(mint.Token(22))).Write());
        Assert.Equal(HttpStatusCode.OK, paid);
        Assert.Equal("processing", (await market.AnswerAsync(quoted, Ct)).Tag("status"));
    }

    static (long Given, long Arrived, long Fee) Amounts(JsonElement paid) => (
        paid.GetProperty("given_msat").GetInt64(), paid.GetProperty("amount_msat").GetInt64(),
        paid.GetProperty("fee_msat").GetInt64());

    static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(WebApplication app, string path, string body)
    {
        using var answer = await Http.PostAsync(app.Urls.Single() + path, new StringContent(body), Ct);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement);
    }

    /// <summary>The market's door over HTTP, on a free port.</summary>
    static async Task<WebApplication> ServeAsync(PaidMarket market)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddProblemDetails().AddExceptionHandler<ProblemHttp>();
        builder.Services.ConfigureHttpJsonOptions(
            json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.AddSingleton(market.Jobs.Get<PayWithToken>());
        var app = builder.Build();
        app.UseExceptionHandler();
        app.MapCashuPayments();
        await app.StartAsync(Ct);
        return app;
    }
}
