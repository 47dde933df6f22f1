using System.Net;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Payments.Lightning;
using PoA.Nostr.Payments.Zaps;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Lnurl;

/// <summary>LUD-06, 12, 16, 18 and 21, and zaps, from the request to the receipt, through a mint.</summary>
[Suite("slice")]
public sealed class ServeLnurlTests(Postgres postgres) : IClassFixture<Postgres>
{
    static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    [Fact]
    public async Task A_zap_is_invoiced_paid_received_and_receipted_once()
    {
        await using var house = await LnurlHouse.OpenAsync(postgres);
        using var payer = SecretKey.Generate();
        var offer = await GetAsync($"{house.Url}/.well-known/lnurlp/counter");
        Assert.Equal("payRequest", offer.Text("tag"));
        Assert.True(offer.GetProperty("allowsNostr").GetBoolean());
        Assert.Equal(house.Payees.Key.Pubkey, offer.Text("nostrPubkey"));
        Assert.Contains("text/identifier", offer.Text("metadata"), StringComparison.Ordinal);
        var json = ZapRequest(payer, house.Payees.Key.Pubkey, 21_000);

        var answer = await GetAsync($"{offer.Text("callback")}?amount=21000&nostr={Uri.EscapeDataString(json)}");
        var invoice = Bolt11.Read(answer.Text("pr"));
        Assert.Equal(new Msat(21_000), invoice.Amount);
        var before = await GetAsync(answer.Text("verify"));
        Assert.False(before.GetProperty("settled").GetBoolean());
        await house.PayAsync(answer.Text("pr"));

        var payment = Assert.Single(house.Gifts.Received);
        Assert.Equal((new Msat(21_000), "zap", payer.Pubkey), (payment.Amount, payment.Rail, payment.Payer));
        var entry = Assert.Single(house.Outbox.Entries);
        Assert.Equal(["wss://relay.example"], entry.Relays);
        var receipt = VerifiedEvent.TryVerify(entry.Event, out _)!;
        var key = house.Payees.Key.Pubkey;
        Assert.Equal(new Msat(21_000), CheckZap.TryCheck(receipt, new(key, key), out _)!.Amount);
        Assert.Equal(json, receipt.Event.Tag("description"));
        var after = await GetAsync(answer.Text("verify"));
        Assert.True(after.GetProperty("settled").GetBoolean());
        Assert.Equal((answer.Text("pr"), "OK"), (after.Text("pr"), after.Text("status")));
        Assert.Equal(JsonValueKind.Null, after.GetProperty("preimage").ValueKind);
    }

    [Fact]
    public async Task What_a_stranger_sends_is_refused_in_lnurls_words_and_makes_no_invoice()
    {
        await using var house = await LnurlHouse.OpenAsync(postgres);
        var before = await postgres.CountAsync();
        using var payer = SecretKey.Generate();
        var callback = $"{house.Url}/lnurlp/counter/callback";
        var other = Uri.EscapeDataString(ZapRequest(payer, payer.Pubkey, 21_000));
        var mine = ZapRequest(payer, house.Payees.Key.Pubkey, 21_000);
        var changed = mine.Replace("Zap", "Zip", StringComparison.Ordinal);
        string[] refused =
        [
            callback, $"{callback}?amount=x", $"{callback}?amount=-1000", $"{callback}?amount=0",
            $"{callback}?amount=1500", $"{callback}?amount=99999999999999",
            $"{callback}?amount=999999999999999999999",
            $"{callback}?amount=1000&comment={new string('a', 1_001)}",
            $"{callback}?amount=1000&payerdata=[]", $"{callback}?amount=1000&payerdata=x",
            $"{callback}?amount=21000&nostr={other}", $"{callback}?amount=22000&nostr={Uri.EscapeDataString(mine)}",
            $"{callback}?amount=21000&nostr={{}}",
            $"{callback}?amount=21000&nostr={Uri.EscapeDataString(changed)}",
        ];

        foreach (var url in refused)
        {
            var answer = await GetAsync(url, HttpStatusCode.BadRequest);
            Assert.Equal("ERROR", answer.Text("status"));
            Assert.NotEmpty(answer.Text("reason"));
        }

        var nobody = await GetAsync($"{house.Url}/.well-known/lnurlp/nobody", HttpStatusCode.NotFound);
        Assert.Equal("ERROR", nobody.Text("status"));
        var unknown = $"{house.Url}/lnurlp/counter/verify/{new string('a', 64)}";
        Assert.Equal("ERROR", (await GetAsync(unknown, HttpStatusCode.NotFound)).Text("status"));
        foreach (var name in (string[])["COUNTER", "..%2f..%2fetc", new('a', 200), "counter%20"])
        {
            Assert.Equal(
                "ERROR",
                (await GetAsync($"{house.Url}/.well-known/lnurlp/{name}", HttpStatusCode.NotFound)).Text("status"));
        }

        Assert.Equal(before, await postgres.CountAsync());
    }

    [Fact]
    public async Task A_comment_and_who_pays_come_with_the_payment()
    {
        await using var house = await LnurlHouse.OpenAsync(postgres);
        var offer = await GetAsync($"{house.Url}/.well-known/lnurlp/counter");
        Assert.True(offer.GetProperty("commentAllowed").GetInt32() > 0);
        Assert.False(offer.GetProperty("payerData").GetProperty("name").GetProperty("mandatory").GetBoolean());
        var metadata = JsonDocument.Parse(offer.Text("metadata")).RootElement;
        Assert.Equal($"counter@{new Uri(house.Url).Authority}", metadata[1][1].GetString());

        var payer = Uri.EscapeDataString("""{"name":"Ann"}""");
        var answer = await GetAsync(
            $"{offer.Text("callback")}?amount=21000&comment=Tea%20%26%20cake&payerdata={payer}");
        Assert.Equal(new Msat(21_000), Bolt11.Read(answer.Text("pr")).Amount);
        var kept = await PoA.Nostr.Database.Sql.OneAsync<(string Comment, string PayerData)>(
            postgres.Db, "select comment, payer_data from payments.lnurl_invoice where bolt11 = @pr",
            new { pr = answer.Text("pr") }, Ct);
        Assert.Equal(("Tea & cake", """{"name":"Ann"}"""), kept);
    }

    [Fact]
    public async Task Only_so_many_invoices_are_open_at_once()
    {
        await using var house = await LnurlHouse.OpenAsync(postgres, options => options.OpenMax = 2);
        var callback = $"{house.Url}/lnurlp/counter/callback?amount=1000";

        await GetAsync(callback);
        await GetAsync(callback);

        Assert.Equal("ERROR", (await GetAsync(callback, HttpStatusCode.ServiceUnavailable)).Text("status"));
    }

    static async Task<JsonElement> GetAsync(string url, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var answer = await Http.GetAsync(url, Ct);
        var body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.StatusCode == status, $"{url}: {answer.StatusCode} {body}");
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    static string ZapRequest(SecretKey payer, string recipient, long msat)
    {
        var wanted = new ZapRequest(
            null!, recipient, null, null, null, new(msat), null, ["wss://relay.example"]);
        return Encoding.UTF8.GetString(EventJson.Write(payer.Sign(Nip57Words.Request(wanted, "Zap!", Now))));
    }
}

/// <summary>What the tests look up in the tables.</summary>
static class LnurlRows
{
    public static Task<long> CountAsync(this Postgres postgres) => PoA.Nostr.Database.Sql.OneAsync<long>(
        postgres.Db, "select count(*) from payments.lnurl_invoice", null,
        TestContext.Current.CancellationToken);
}
