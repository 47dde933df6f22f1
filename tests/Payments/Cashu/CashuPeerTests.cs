using System.Text;
using System.Text.Json;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>A customer with @cashu/cashu-ts and our wallet take each other's ecash.</summary>
[Suite("interop")]
public class CashuPeerTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 100)]
    public async Task Tokens_locks_and_requests_go_both_ways(int version, int fee)
    {
        await using var house = await CashuHouse.OpenAsync(
            postgres, new() { KeysetVersion = version, InputFeePpk = fee });
        using var customer = SecretKey.Generate();
        using var ours = SecretKey.Generate();
        var account = await house.FundAsync(1_000);
        var request = new PaymentRequest("job-1", 21, "sat", [house.Url])
        {
            Description = "A summary",
            IsSingleUse = true,
            Transports = [new("nostr", "nprofile1…") { Tags = [["n", "17"]] }, new("post", "https://us.example/pay")],
            Lock = new("P2PK", "02" + ours.Pubkey) { Tags = [["sigflag", "SIG_INPUTS"]] },
        };
        var given = JsonSerializer.Serialize(new
        {
            mint = house.Url,
            bare = await TokenAsync(house, account, 64, null),
            locked = await TokenAsync(house, account, 33, "02" + customer.Pubkey),
            secret = Convert.ToHexStringLower(customer.Reveal()),
            request = request.Write(),
            key = "02" + ours.Pubkey,
        });
        var steps = (await Node.RunAsync("cashu-customer.mjs", [given], ct: Ct))
            .ToDictionary(line => line.Text("step"));

        Took(steps["bare"], house.Url, 64, fee);
        Took(steps["locked"], house.Url, 33, fee);
        Assert.Equal(JsonValueKind.Number, steps["locked"].GetProperty("closed").ValueKind);
        Read(steps["request"], request);
        Assert.Equal(16, await ReceiveAsync(house, steps["token"].Text("token"), null));
        Assert.Equal(5, await ReceiveAsync(house, steps["v3"].Text("token"), null));
        Assert.Equal(9, await ReceiveAsync(house, steps["p2pk"].Text("token"), ours));
        Assert.Equal(7, await ReceiveAsync(house, steps["sig-all"].Text("token"), ours));
        var payload = PaymentPayload.Parse(Encoding.UTF8.GetBytes(steps["payload"].Text("json")));
        Assert.Equal(("job-1", 4UL), (payload.Id, payload.Token.Amount));
        Assert.Equal(4, Paid(await house.Wallet.ReceiveAsync(house.Payment(payload.Token), Ct)));
        var theirs = PaymentRequest.Parse(steps["mine"].Text("request"));
        Assert.Equal(("abc", 21UL, "sat", "peer"), (theirs.Id, theirs.Amount, theirs.Unit, theirs.Description));
        Assert.Equal(house.Url, Assert.Single(theirs.Mints));
        Assert.Equal("post", Assert.Single(theirs.Transports).Type);
        await house.AssertBalancedAsync();
    }

    static async Task<string> TokenAsync(CashuHouse house, string account, long sat, string? lockTo) =>
        (await house.Wallet.SendAsync(new(Guid.NewGuid(), account, Msat.FromSat(sat), house.Url, lockTo), Ct)).Write();

    /// <summary>What it was worth before the fee.</summary>
    static async Task<long> ReceiveAsync(CashuHouse house, string text, SecretKey? key) =>
        Paid(await house.Wallet.ReceiveAsync(house.Payment(CashuToken.Parse(text), key), Ct));

    static long Paid(ReceiveOutcome outcome) => outcome is ReceiveOutcome.Received received
        ? received.Paid.Sat
        : throw new Xunit.Sdk.XunitException($"{outcome}");

    static void Took(JsonElement step, string mint, int sat, int fee)
    {
        Assert.Equal((mint, "sat", sat), (step.Text("mint"), step.Text("unit"), step.GetProperty("sat").GetInt32()));
        Assert.True(step.GetProperty("dleq").GetBoolean());
        Assert.Equal(sat - (fee == 0 ? 0 : 1), step.GetProperty("took").GetInt32());
    }

    static void Read(JsonElement step, PaymentRequest request)
    {
        Assert.Equal(
            (request.Id, 21, request.Unit, request.Description),
            (step.Text("id"), step.GetProperty("amount").GetInt32(), step.Text("unit"), step.Text("description")));
        Assert.True(step.GetProperty("single").GetBoolean());
        Assert.Equal(request.Mints[0], step.GetProperty("mints")[0].GetString());
        var ways = step.GetProperty("transports").EnumerateArray().ToList();
        Assert.Equal(["nostr", "post"], ways.Select(way => way.Text("type")));
        Assert.Equal("17", ways[0].GetProperty("tags")[0][1].GetString());
        Assert.Equal("P2PK", step.GetProperty("lock").Text("kind"));
        Assert.Equal(request.Lock!.Data, step.GetProperty("lock").Text("data"));
    }
}
