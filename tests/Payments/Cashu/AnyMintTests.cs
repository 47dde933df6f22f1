using System.Net.Http.Json;
using System.Text.Json;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;
using MintDialect = PoA.Nostr.Devnet.Mint.MintDialect;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>
/// The wallet against any mint by its address (<c>./poa test interop --mint URL</c>): a mint that pays its own
/// invoices, or names a faucet that does as its contact, or with <c>--faucet URL</c>. Without one against ours in
/// another process, in each of the dialects in which mints say no.
/// </summary>
[Suite("interop")]
public class AnyMintTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static string? Given => Environment.GetEnvironmentVariable("POA_TEST_MINT");

    public static TheoryData<MintDialect> Dialects =>
        Given is null ? [.. Enum.GetValues<MintDialect>()] : [MintDialect.Specification];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Ecash_is_minted_sent_received_and_melted_through_a_network_that_loses_replies(
        MintDialect dialect)
    {
        await using var ours = Given is null ? await MintProcess.StartAsync(dialect, Ct) : null;
        using var faucet = await MintFaucet.OfAsync(ours?.Url ?? Given!, Ct);
        await using var house = await CashuHouse.OpenAtAsync(postgres, ours?.Url ?? Given!);
        var account = await MintAsync(house, faucet, 500);
        using var key = SecretKey.Generate();
        foreach (var lockTo in (string?[])[null, "02" + key.Pubkey])
        {
            foreach (var loses in (bool[])[false, true])
            {
                var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(50), house.Url, lockTo);
                if (loses) house.Proxy.Order("/v1/swap", new Trouble.DropReply());
                await Record.ExceptionAsync(() => house.Wallet.SendAsync(order, Ct));
                if (loses) await house.RecoverAsync();
                var token = await house.Wallet.SendAsync(order, Ct);
                var payment = house.Payment(CashuToken.Parse(token.Write()), key);
                if (loses) house.Proxy.Order("/v1/swap", new Trouble.DropReply());
                await house.Wallet.ReceiveAsync(payment, Ct);
                if (loses) await house.RecoverAsync();
                Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(payment, Ct));
                Assert.Equal(
                    CashuProblems.AlreadyReceived, Assert.IsType<ReceiveOutcome.Refused>(
                        await house.Wallet.ReceiveAsync(payment with { Id = Guid.NewGuid() }, Ct)).Problem);
                await house.AssertBalancedAsync();
            }
        }

        if (faucet is null) return;
        foreach (var fault in (Trouble?[])[null, new Trouble.DropRequest(), new Trouble.DropReply()])
        {
            var bill = new LightningPayment(
                Guid.NewGuid(), account, await faucet.InvoiceAsync(50, Ct), Msat.FromSat(20));
            if (fault is not null) house.Proxy.Order("/v1/melt/bolt11", fault);
            await house.Wallet.PayAsync(bill, Ct);
            if (fault is not null) await house.RecoverAsync();
            Assert.IsType<PayOutcome.Succeeded>(await house.Wallet.PayAsync(bill, Ct));
            await house.AssertBalancedAsync();
        }
    }

    static async Task<string> MintAsync(CashuHouse house, MintFaucet? faucet, long sat)
    {
        var purpose = new PaymentPurpose("test", Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()));
        var request = new InvoiceRequest(
            Guid.NewGuid(), purpose, "bolt11", Msat.FromSat(sat), "", house.Clock.GetUtcNow().AddHours(1));
        var invoice = await house.Wallet.RequestAsync(request, Ct);
        if (faucet is not null) await faucet.PayAsync(invoice.Bolt11, Ct);
        house.Proxy.Order("/v1/mint/bolt11", new Trouble.DropReply());
        while (await house.OperationAsync(request.Id) is { State: not "done" } op)
        {
            Assert.False(op.HasEnded, "The mint never called its invoice paid: name who pays it by --faucet URL.");
            Ct.ThrowIfCancellationRequested();
            await house.RecoverAsync(1);
        }

        return RecordingReceiver.AccountOf(purpose);
    }

    /// <summary>Who pays a mint's invoices, and has some to be paid.</summary>
    sealed class MintFaucet(string url) : IDisposable
    {
        readonly HttpClient _http = new(new SocketsHttpHandler());

        /// <summary>The one that was named, or that the mint names; null where it has none.</summary>
        public static async Task<MintFaucet?> OfAsync(string mint, CancellationToken ct)
        {
            var contacts = (await InfoAsync(mint, ct)).TryGetProperty("contact", out var given)
                && given.ValueKind == JsonValueKind.Array ? given.EnumerateArray().ToList() : [];
            var named = contacts.Find(contact => contact.ValueKind == JsonValueKind.Object
                && contact.TryGetProperty("method", out var method) && method.ValueEquals("faucet"));
            var url = Environment.GetEnvironmentVariable("POA_TEST_FAUCET")
                ?? (named.ValueKind == JsonValueKind.Object ? named.Text("info") : null);
            return url is null ? null : new(url.TrimEnd('/'));
        }

        /// <summary>What a mint says of itself: a wrong address is named before anything else goes wrong.</summary>
        static async Task<JsonElement> InfoAsync(string mint, CancellationToken ct)
        {
            try
            {
                using var http = new HttpClient(new SocketsHttpHandler());
                return JsonDocument.Parse(await http.GetStringAsync($"{mint.TrimEnd('/')}/v1/info", ct)).RootElement;
            }
            catch (Exception e) when (e is HttpRequestException or JsonException or UriFormatException
                or InvalidOperationException or NotSupportedException)
            {
                throw new Xunit.Sdk.XunitException($"There is no mint at {mint}: {e.Message}");
            }
        }

        public async Task PayAsync(string invoice, CancellationToken ct) =>
            await AskAsync("/pay", new { invoice }, ct);

        public async Task<string> InvoiceAsync(long sat, CancellationToken ct) =>
            (await AskAsync("/invoice", new { amount_sat = sat }, ct)).Text("invoice");

        public void Dispose() => _http.Dispose();

        async Task<JsonElement> AskAsync(string path, object body, CancellationToken ct)
        {
            using var answer = await _http.PostAsJsonAsync(url + path, body, ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            Assert.True(answer.IsSuccessStatusCode, text);
            return JsonDocument.Parse(text).RootElement;
        }
    }
}
