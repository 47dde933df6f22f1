using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PoA.Nostr.Blossom;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Server;
using PoA.Nostr.Tests.Market.Escrow;
using PoA.Nostr.Tests.Nostr.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Blossom;

/// <summary>
/// Uploads that cost 5 sat a megabyte (BUD-07), with the platform's wallet at a mint that keeps 100 ppk of what is
/// swapped.
/// </summary>
[Suite("slice")]
public sealed class PaidUploadTests(Postgres postgres) : IClassFixture<Postgres>, IDisposable
{
    static readonly Msat Price = Msat.FromSat(5);

    readonly TemporaryFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Our_client_is_asked_pays_and_uploads_and_the_price_is_the_platforms()
    {
        await using var shop = await ShopAsync();
        var earned = await shop.FeesAsync();
        using var client = new TestBlossomClient(new Uri(shop.Server.Url).Authority);
        var blob = BlobContent.Of("worth something"u8.ToArray(), "text/plain");
        var signer = new OwnSigner(shop.Server.Key);
        BlobDemand? asked = null;

        await client.Blossom.UploadAsync(new(shop.Server.Url), signer, blob, Ct, (demand, _) =>
        {
            asked = demand;
            var request = PaymentRequest.Parse(demand.Cashu!);
            Assert.Equal([shop.Mint.Url], request.Mints);
            return ValueTask.FromResult<BlobPayment?>(BlobPayment.Cashu(shop.Mint.Token((long)request.Amount! + 3)));
        });

        Assert.StartsWith("lnbc", asked!.Lightning, StringComparison.Ordinal);
        Assert.Equal(Price, await shop.FeesAsync() - earned);
        Assert.Equal(Msat.FromSat(3), await shop.BalanceAsync());
        // The key owns it now: asking again costs nothing.
        await client.Blossom.UploadAsync(new(shop.Server.Url), signer, blob, Ct);
        Assert.Equal(Price, await shop.FeesAsync() - earned);
        await shop.Market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task Asking_first_is_answered_with_the_price_and_takes_nothing()
    {
        await using var shop = await ShopAsync();
        var hash = BlossomPeer.Hash([1]);

        var answer = await shop.Server.SendAsync(
            HttpMethod.Head, "/upload", BlossomPeer.Token(shop.Server.Key, "upload", hash), null,
            ("X-SHA-256", hash), ("X-Content-Length", "2500000"), ("X-Cashu", shop.Mint.Token(100)));

        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        var request = PaymentRequest.Parse(answer.Headers.GetValues("X-Cashu").Single());
        Assert.Equal(("sat", 16UL), (request.Unit, request.Amount!.Value));
        Assert.Contains("15 sat", answer.Headers.GetValues("X-Reason").Single(), StringComparison.Ordinal);
        Assert.Equal(Msat.Zero, await shop.BalanceAsync());
    }

    [Theory]
    [InlineData("no token", "cashu/malformed-token")]
    [InlineData("too little", "cashu/too-little")]
    [InlineData("another mint", "cashu/mint-not-listed")]
    [InlineData("spent", "cashu/already-received")]
    public async Task A_payment_that_is_none_is_refused_with_its_reason_and_nothing_is_kept(string what, string code)
    {
        await using var shop = await ShopAsync();
        var good = shop.Mint.Token(6);
        var payment = what switch
        {
            "too little" => shop.Mint.Token(5),
            "another mint" => (CashuToken.Parse(good) with { Mint = "http://127.0.0.1:1" }).Write(),
            "spent" => await shop.SpendAsync(good),
            _ => "cashuBnonsense",
        };

        var answer = await shop.PayAsync([1, 2, 3], payment);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"[{code}]", answer.Headers.GetValues("X-Reason").Single(), StringComparison.Ordinal);
        Assert.Empty(BlossomPeer.Files(_folder.Path));
        Assert.Equal(Msat.Zero, await shop.BalanceAsync());
    }

    [Fact]
    public async Task What_was_paid_for_an_upload_that_fails_is_not_lost_and_pays_for_the_next()
    {
        await using var shop = await ShopAsync(("KeyBytesMax", "1000"));
        var token = shop.Mint.Token(6);
        var promised = BlossomPeer.Token(shop.Server.Key, "upload", BlossomPeer.Hash([1]));

        // Other bytes than were promised: the token is not touched.
        var wrong = await shop.Server.SendAsync(
            HttpMethod.Put, "/upload", promised, BlossomPeer.Bytes([2]), ("X-Cashu", token));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(Msat.Zero, await shop.BalanceAsync());

        // Taken, and then there is no room: two uploads pass the first look, one keeps its place.
        var both = await Task.WhenAll(
            shop.PayAsync(new byte[700], token), shop.PayAsync(new byte[701], shop.Mint.Token(6)));
        Assert.Single(both, one => one.StatusCode == HttpStatusCode.Created);
        var paid = await shop.BalanceAsync();
        Assert.True(paid == Price || paid == Msat.Zero, $"{paid} is left.");

        // The same token again is the same payment: it is on the balance, or still the customer's.
        var retried = await shop.PayAsync([3], token);
        var other = retried.StatusCode == HttpStatusCode.Created
            ? retried
            : await shop.PayAsync([3], shop.Mint.Token(6));
        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
        await shop.Market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task An_invoice_is_paid_and_its_preimage_is_the_proof_for_its_own_key_alone()
    {
        await using var shop = await ShopAsync();
        byte[] blob = [7, 7, 7];
        var asked = await shop.Server.UploadAsync(blob);
        Assert.Equal(HttpStatusCode.PaymentRequired, asked.StatusCode);
        var invoice = asked.Headers.GetValues("X-Lightning").Single();
        Assert.Equal(invoice, (await shop.Server.UploadAsync(blob)).Headers.GetValues("X-Lightning").Single());
        var preimage = shop.Mint.Network.Send(invoice, "somebody", ulong.MaxValue).Preimage!;

        await PaidMarket.UntilAsync(
            async () => (await shop.PayAsync(blob, preimage, "X-Lightning")).StatusCode == HttpStatusCode.Created, Ct);

        using var thief = SecretKey.Generate();
        var stolen = await shop.PayAsync([8], preimage, "X-Lightning", thief);
        Assert.Contains(
            "[blossom/payment-unknown]", stolen.Headers.GetValues("X-Reason").Single(), StringComparison.Ordinal);
        // Used up: the key's own next blob is another.
        var short_ = await shop.PayAsync([9], preimage, "X-Lightning");
        Assert.Equal(HttpStatusCode.BadRequest, short_.StatusCode);
        Assert.Contains(
            "[blossom/payment-short]", short_.Headers.GetValues("X-Reason").Single(), StringComparison.Ordinal);
    }

    /// <summary>2.5 MB, of which this origin never sends one: who waited for them would hear that it stalls.</summary>
    [Fact]
    public async Task A_mirror_is_told_its_price_before_the_blob_is_fetched()
    {
        await using var origin = await LoopbackServer.StartAsync(async http =>
        {
            http.Response.ContentLength = 2_500_000;
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        await using var shop = await ShopAsync(origin.Endpoint);

        var answer = await shop.Server.MirrorAsync($"{origin.Url}blob", BlossomPeer.Hash([1]));

        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.Contains("15 sat", answer.Headers.GetValues("X-Reason").Single(), StringComparison.Ordinal);
        Assert.StartsWith("lnbc", answer.Headers.GetValues("X-Lightning").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mirror_is_paid_for_once_whether_or_not_its_length_is_known_before(bool says)
    {
        byte[] blob = [1, 2, 3, says ? (byte)4 : (byte)5];
        await using var origin = await LoopbackServer.StartAsync(async http =>
        {
            if (says) http.Response.ContentLength = blob.Length;
            await http.Response.Body.WriteAsync(blob, http.RequestAborted);
        });
        await using var shop = await ShopAsync(origin.Endpoint);
        var earned = await shop.FeesAsync();
        var (url, hash) = ($"{origin.Url}blob", BlossomPeer.Hash(blob));

        var asked = await shop.Server.MirrorAsync(url, hash);
        Assert.Equal(HttpStatusCode.PaymentRequired, asked.StatusCode);
        var amount = PaymentRequest.Parse(asked.Headers.GetValues("X-Cashu").Single()).Amount!.Value;
        var paid = await shop.Server.MirrorAsync(url, [hash], ("X-Cashu", shop.Mint.Token((long)amount)));
        var again = await shop.Server.MirrorAsync(url, hash);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (paid.StatusCode, again.StatusCode));
        Assert.Equal(Price, await shop.FeesAsync() - earned);
        await shop.Market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task The_houses_own_agents_pay_nothing()
    {
        await using var shop = await ShopAsync();
        using var client = new TestBlossomClient(new Uri(shop.Server.Url).Authority);
        var agents = shop.Market.Jobs.Get<PoA.Nostr.Market.Agents.AgentDirectory>();

        await client.Blossom.UploadAsync(
            new(shop.Server.Url), agents.Signer(shop.Market.Jobs.Agent.Pubkey), BlobContent.Of([1], "text/plain"), Ct);
    }

    Task<Shop> ShopAsync(params (string Name, string Value)[] settings) => ShopAsync(null, settings);

    async Task<Shop> ShopAsync(string? allowed, params (string Name, string Value)[] settings)
    {
        var mint = await Mints.StartAsync(new() { InputFeePpk = 100 });
        var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);
        var till = ActivatorUtilities.CreateInstance<BlobTill>(market.Jobs.Get<IServiceProvider>());
        var server = await BlossomPeer.StartAsync(
            postgres, _folder.Path,
            new(settings.Select(one => new KeyValuePair<string, string>(one.Name, one.Value)))
            {
                ["SatPerMegabyte"] = "5",
            },
            allowed is null ? null : [allowed], till: till);
        return new(mint, market, server);
    }

    sealed record Shop(DevnetMint Mint, PaidMarket Market, BlossomPeer Server) : IAsyncDisposable
    {
        public Task<Msat> FeesAsync() => Market.BalanceAsync(AccountCode.Fees, Ct);

        public Task<Msat> BalanceAsync() => Market.BalanceAsync(AccountCode.Balance(Server.Key.Pubkey), Ct);

        public Task<HttpResponseMessage> PayAsync(
            byte[] blob, string proof, string header = "X-Cashu", SecretKey? by = null) => Server.SendAsync(
                HttpMethod.Put, "/upload", BlossomPeer.Token(by ?? Server.Key, "upload", BlossomPeer.Hash(blob)),
                BlossomPeer.Bytes(blob), (header, proof));

        /// <summary>Somebody else was quicker.</summary>
        public async Task<string> SpendAsync(string token)
        {
            Assert.Null((await Market.Jobs.Get<PayWithToken>().ForBalanceAsync(
                Market.Customer.Signer.Pubkey, CashuToken.Parse(token), Ct)).Refusal);
            return token;
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Market.DisposeAsync();
            await Mint.DisposeAsync();
        }
    }
}
