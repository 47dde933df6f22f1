using System.Net.Http.Json;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;
using MintDialect = PoA.Nostr.Devnet.Mint.MintDialect;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>
/// The wallet against any mint by its address (<c>./poa test interop --mint URL</c>, a mint that pays its own
/// invoices, or one of ours with <c>--faucet URL</c>); without one against ours, in each of its dialects.
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
        await using var house = Given is { } url
            ? await CashuHouse.OpenAtAsync(postgres, url)
            : await CashuHouse.OpenAsync(postgres, new() { Dialect = dialect });
        var account = await MintAsync(house, 500);
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

        if (house.Mint is null) return;
        var invoice = house.Mint.Network.Issue(new("somebody", 100_000, "")).Bolt11;
        var paid = await house.Wallet.PayAsync(new(Guid.NewGuid(), account, invoice, Msat.FromSat(20)), Ct);
        Assert.IsType<PayOutcome.Succeeded>(paid);
        await house.AssertBalancedAsync();
    }

    static async Task<string> MintAsync(CashuHouse house, long sat)
    {
        var purpose = new PaymentPurpose("test", Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()));
        var request = new InvoiceRequest(
            Guid.NewGuid(), purpose, "bolt11", Msat.FromSat(sat), "", house.Clock.GetUtcNow().AddHours(1));
        var invoice = await house.Wallet.RequestAsync(request, Ct);
        house.Mint?.Network.Send(invoice.Bolt11, "somebody", ulong.MaxValue);
        if (Environment.GetEnvironmentVariable("POA_TEST_FAUCET") is { } faucet)
        {
            using var http = new HttpClient(new SocketsHttpHandler());
            using var paid = await http.PostAsJsonAsync(faucet + "/pay", new { invoice = invoice.Bolt11 }, Ct);
            paid.EnsureSuccessStatusCode();
        }

        while ((await house.OperationAsync(request.Id)).State != "done")
        {
            Ct.ThrowIfCancellationRequested();
            await house.RecoverAsync(1);
        }

        return RecordingReceiver.AccountOf(purpose);
    }
}
