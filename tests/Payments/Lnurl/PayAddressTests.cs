using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using PoA.Nostr.Devnet.Lightning;
using PoA.Nostr.Fetch;
using PoA.Nostr.Payments.Lightning;
using PoA.Nostr.Payments.Lnurl;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Lnurl;

/// <summary>We as the payer of a Lightning address: what a server may say, and where we never go.</summary>
public sealed class PayAddressTests : IDisposable
{
    const string Metadata = """[["text/plain","Sats"]]""";
    readonly LightningNetwork _network = new(null, TimeProvider.System);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _network.Dispose();

    [Fact]
    public async Task An_honest_address_gives_an_invoice_over_the_amount_that_was_asked()
    {
        await using var server = await ServeAsync((_, amount) => Invoice(amount));

        var paid = await Payer(server).InvoiceAsync($"alice@{server.Endpoint}", new(21_000), "Thanks.", Ct);
        Assert.Equal(new Msat(21_000), paid.Invoice.Amount);
        var text = LnurlText.Encode(new(server.Url, "/.well-known/lnurlp/alice"));
        var again = await Payer(server).InvoiceAsync(text.ToUpperInvariant(), new(5_000), null, Ct);
        Assert.Equal(new Msat(5_000), again.Invoice.Amount);
    }

    [Fact]
    public async Task Another_amount_another_text_or_an_expired_invoice_is_never_paid()
    {
        await RefusedAsync(LightningProblems.WrongAmount, (_, amount) => Invoice(amount + 1_000));
        await RefusedAsync(LightningProblems.WrongAmount, (_, _) => Invoice(null));
        await RefusedAsync(LightningProblems.WrongDescription, (_, amount) => Invoice(amount, "other"));
        await RefusedAsync(LightningProblems.Expired, (_, amount) => Invoice(amount, expiry: 1));
        await RefusedAsync(LightningProblems.NotAnInvoice, (_, _) => """{"pr":"lnbc1","routes":[]}""");
        await RefusedAsync(LnurlProblems.WrongAnswer, (_, _) => """{"status":"ERROR","reason":"no"}""");
        await RefusedAsync(LnurlProblems.WrongAnswer, (_, _) => "<html>");
        await RefusedAsync(LnurlProblems.WrongAmount, (_, amount) => Invoice(amount), msat: 1);
    }

    /// <summary>What the first answer of a stranger's server may be; none is followed.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"payRequest\"")]
    [InlineData("""{"tag":"withdrawRequest","callback":"CB","minSendable":1,"maxSendable":9000,"metadata":"[]"}""")]
    [InlineData("""{"tag":"payRequest","minSendable":1,"maxSendable":9000,"metadata":"[]"}""")]
    [InlineData("""{"tag":"payRequest","callback":"CB","maxSendable":9000,"metadata":"[]"}""")]
    [InlineData("""{"tag":"payRequest","callback":"CB","minSendable":9000,"maxSendable":1,"metadata":"[]"}""")]
    [InlineData("""{"tag":"payRequest","callback":"CB","minSendable":-9,"maxSendable":-1,"metadata":"[]"}""")]
    [InlineData("""{"tag":"payRequest","callback":"CB","minSendable":"1","maxSendable":"9000","metadata":"[]"}""")]
    [InlineData("""{"tag":"payRequest","callback":"CB","minSendable":1e99,"maxSendable":1e99,"metadata":"[]"}""")]
    [InlineData("""{"tag":"payRequest","callback":"/cb","minSendable":1,"maxSendable":9000,"metadata":"[]"}""")]
    [InlineData("""{"tag":"payRequest","callback":"file:///x","minSendable":1,"maxSendable":9000,"metadata":"[]"}""")]
    [InlineData("""{"status":"error","reason":"no","tag":"payRequest"}""")]
    [InlineData("""{"tag":"payRequest","callback":"CB","minSendable":1,"maxSendable":9000,"metadata":"BOMB"}""")]
    public async Task A_hostile_offer_is_named_and_its_callback_never_asked(string offer)
    {
        LoopbackServer? server = null;
        var asked = 0;
        server = await LoopbackServer.StartAsync(http =>
        {
            Interlocked.Increment(ref asked);
            return http.Response.WriteAsync(offer
                .Replace("CB", $"http://{server!.Endpoint}/cb", StringComparison.Ordinal)
                .Replace("BOMB", new('a', 300 * 1024), StringComparison.Ordinal), Ct);
        });
        await using var _ = server;

        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Payer(server).InvoiceAsync($"alice@{server.Endpoint}", new(3_000), null, Ct));
        Assert.Matches("^(lnurl|fetch)/", refused.Problem.Code);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_hash_of_the_servers_own_metadata_is_accepted()
    {
        await using var server = await ServeAsync((_, amount) => Invoice(amount, Metadata));

        var paid = await Payer(server).InvoiceAsync($"a@{server.Endpoint}", new(2_000), null, Ct);
        Assert.NotNull(paid.Invoice.DescriptionHash);
    }

    /// <summary>Private addresses in every notation, the next port, plain http, redirects, callbacks inside.</summary>
    [Fact]
    public async Task Nothing_of_a_strangers_naming_leads_inside()
    {
        await using var server = await ServeAsync((_, amount) => Invoice(amount));
        await using var inside = await LoopbackServer.StartAsync(_ => throw new InvalidOperationException("Reached."));
        var payer = Payer(server);
        string[] targets =
        [
            $"alice@{inside.Endpoint}", "alice@127.0.0.1", "alice@localhost", "alice@10.0.0.1", "alice@169.254.169.254",
            "alice@0x7f000001", "alice@2130706433", "alice@127.1", $"lnurlp://{inside.Endpoint}/x",
            LnurlText.Encode(inside.Url), LnurlText.Encode(new("https://[::1]/x")),
            LnurlText.Encode(new("file:///etc/passwd")),
            "alice", "alice@", "@host", "alice@host@other", "lnurl1qqqq", "",
        ];

        foreach (var target in targets)
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(
                () => payer.InvoiceAsync(target, new(1_000), null, Ct));
            Assert.Matches("^(lnurl|fetch)/", refused.Problem.Code);
        }

        await using var redirecting = await LoopbackServer.StartAsync(http =>
        {
            http.Response.Redirect(inside.Url.ToString());
            return Task.CompletedTask;
        });
        await Assert.ThrowsAsync<ProblemException>(
            () => Payer(redirecting).InvoiceAsync($"a@{redirecting.Endpoint}", new(1_000), null, Ct));
        await using var luring = await LoopbackServer.StartAsync(
            http => http.Response.WriteAsync(Offer(inside.Url.ToString()), Ct));
        await Assert.ThrowsAsync<ProblemException>(
            () => Payer(luring).InvoiceAsync($"a@{luring.Endpoint}", new(2_000), null, Ct));
    }

    static async Task RefusedAsync(Problem expected, Func<HttpContext, ulong, string> callback, long msat = 3_000)
    {
        await using var server = await ServeAsync(callback);

        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Payer(server).InvoiceAsync($"alice@{server.Endpoint}", new(msat), null, Ct));
        Assert.Equal(expected.Code, refused.Problem.Code);
    }

    static PayAddress Payer(LoopbackServer server) => new(
        new SafeFetch(new SafeAddress([server.Endpoint])),
        Options.Create(new FetchOptions { AllowedEndpoints = [server.Endpoint] }), TimeProvider.System);

    static async Task<LoopbackServer> ServeAsync(Func<HttpContext, ulong, string> callback)
    {
        LoopbackServer? server = null;
        server = await LoopbackServer.StartAsync(http => http.Response.WriteAsync(
            http.Request.Path == "/cb"
                ? callback(http, ulong.Parse(http.Request.Query["amount"]!, CultureInfo.InvariantCulture))
                : Offer($"http://{server!.Endpoint}/cb"), Ct));
        return server;
    }

    static string Offer(string callback) => JsonSerializer.Serialize(new
    {
        tag = "payRequest",
        callback,
        minSendable = 1_000,
        maxSendable = 100_000_000,
        metadata = Metadata,
        commentAllowed = 20,
    });

    string Invoice(ulong? msat, string? about = null, int expiry = 600)
    {
        var hash = about is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(about)));
        var pr = _network.Issue(new("alice", msat, "Sats") { DescriptionHash = hash, Expiry = expiry }).Bolt11;
        return JsonSerializer.Serialize(new { pr, routes = Array.Empty<string>() });
    }
}
