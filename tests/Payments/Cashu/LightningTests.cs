using System.Text.Json.Nodes;
using PoA.Nostr.Database;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Payments.Lightning;
using PoA.Nostr.Tests.Support;
using MintDialect = PoA.Nostr.Devnet.Mint.MintDialect;
using MintFaultKind = PoA.Nostr.Devnet.Mint.MintFaultKind;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>Lightning by way of a mint: invoices of ours are minted once, invoices of others are paid once.</summary>
[Suite("slice")]
public class LightningTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, MintDialect> Faults => ReceiveTokenTests.Faults();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task An_invoice_of_ours_is_minted_once_whatever_happens_around_it(string fault, MintDialect dialect)
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { Dialect = dialect });
        var request = Request(50);
        var invoice = await house.Wallet.RequestAsync(request, Ct);
        Assert.Equal(invoice, await house.Wallet.RequestAsync(request, Ct));
        await house.RecoverAsync(1);
        Assert.Equal("waiting", (await house.OperationAsync(request.Id)).State);
        Pay(house, invoice.Bolt11);
        house.Proxy.Order("/v1/mint/bolt11", ReceiveTokenTests.Of(fault));
        house.Proxy.Order("/v1/restore", new Trouble.DropRequest());
        await house.RecoverAsync(1);
        await house.RestartAsync();
        await house.RecoverAsync();
        Assert.Equal("done", (await house.OperationAsync(request.Id)).State);
        var told = Assert.Single(house.Receiver.Received);
        Assert.Equal(
            (Msat.FromSat(50), "bolt11", invoice.PaymentHash), (told.Amount, told.Rail, told.Reference));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task An_invoice_that_nobody_pays_ends_an_hour_after_it_expired()
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { QuoteSeconds = 60 });
        var request = Request(50);
        await house.Wallet.RequestAsync(request, Ct);
        await house.RecoverAsync(1);
        Assert.Equal("waiting", (await house.OperationAsync(request.Id)).State);
        await house.RecoverAsync(1);
        Assert.Equal("failed", (await house.OperationAsync(request.Id)).State);
    }

    [Fact]
    public async Task A_mint_that_knows_the_older_signature_alone_is_signed_for_again_with_the_same_outputs()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var request = Request(50);
        Pay(house, (await house.Wallet.RequestAsync(request, Ct)).Bolt11);
        house.Proxy.Order(
            "/v1/mint/bolt11", new Trouble.Answer(400, """{"detail":"Signature invalid","code":20008}"""));
        await house.RecoverAsync(1);
        Assert.Equal("done", (await house.OperationAsync(request.Id)).State);
        Assert.True((await house.OperationAsync(request.Id)).Details.Legacy);
        Assert.Equal(2, house.Proxy.Seen.Count(path => path == "/v1/mint/bolt11"));
        Assert.Equal(3, await house.Db.OneAsync<long>(
            "select count(*) from payments.ecash_output where op_id = @Id", new { request.Id }, Ct));
    }

    [Fact]
    public async Task A_quote_for_another_amount_is_refused()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var other = await house.Wallet.RequestAsync(Request(51), Ct);
        house.Proxy.Order("/v1/mint/quote/bolt11", new Trouble.Forge(reply =>
        {
            reply["request"] = other.Bolt11;
            return reply;
        }));
        var refused = await Assert.ThrowsAsync<ProblemException>(() => house.Wallet.RequestAsync(Request(50), Ct));
        Assert.Equal("cashu/mint-refused", refused.Problem.Code);
    }

    [Theory]
    [InlineData("20", false)]
    [InlineData("20", true)]
    [InlineData("11", false)]
    public async Task A_mint_that_does_not_say_it_can_is_not_trusted_to(string nut, bool says)
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        using var somebody = SecretKey.Generate();
        var account = await house.FundAsync(100);
        house.Proxy.Order("/v1/info", new Trouble.Forge(info =>
        {
            if (says) info["nuts"]![nut] = new JsonObject { ["supported"] = false };
            else info["nuts"]!.AsObject().Remove(nut);
            return info;
        }));
        await house.Get<MintKeysets>().RefreshAsync(house.Url, Ct);

        var refused = await Assert.ThrowsAsync<ProblemException>(() => nut == "20"
            ? house.Wallet.RequestAsync(Request(50), Ct)
            : house.Wallet.SendAsync(
                new(Guid.NewGuid(), account, Msat.FromSat(20), house.Url, $"02{somebody.Pubkey}"), Ct));

        Assert.Equal(CashuProblems.MintLacks.Code, refused.Problem.Code);
        Assert.Contains(nut, refused.Problem.Detail, StringComparison.Ordinal);
        await house.AssertBalancedAsync();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task An_invoice_of_others_is_paid_once_whatever_happens_around_it(string fault, MintDialect dialect)
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { Dialect = dialect });
        var account = await house.FundAsync(1_000);
        var before = await house.BalanceAsync(account);
        var payment = Payment(house, account, 200);
        foreach (var path in (string[])["/v1/swap", "/v1/melt/bolt11"])
        {
            house.Proxy.Order(path, ReceiveTokenTests.Of(fault));
        }

        await house.Wallet.PayAsync(payment, Ct);
        await house.AssertBalancedAsync(atTheMint: false);
        await house.RestartAsync();
        await house.RecoverAsync(6);
        var paid = Assert.IsType<PayOutcome.Succeeded>(await house.Wallet.PayAsync(payment, Ct));
        Assert.Equal(paid, await house.Wallet.PayAsync(payment, Ct));
        Assert.Equal(before - Msat.FromSat(200) - paid.Fee, await house.BalanceAsync(account));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_payment_gives_its_preimage_and_returns_what_is_left_of_the_reserve()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(2_000);
        var before = await house.BalanceAsync(account);
        var payment = Payment(house, account, 1_000);
        var paid = Assert.IsType<PayOutcome.Succeeded>(await house.Wallet.PayAsync(payment, Ct));
        var hash = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(Convert.FromHexString(paid.Preimage)));
        Assert.Equal(Bolt11.Read(payment.Bolt11).PaymentHash, hash);
        Assert.Equal(before - Msat.FromSat(1_000) - paid.Fee, await house.BalanceAsync(account));
        Assert.True(paid.Fee <= payment.FeeMax);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_payment_that_failed_is_believed_on_the_second_look_and_comes_back_whole()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(1_000);
        var before = await house.BalanceAsync(account);
        var payment = Payment(house, account, 200);
        house.Mint.Network.FailNext(1);
        Assert.IsType<PayOutcome.Unknown>(await house.Wallet.PayAsync(payment, Ct));
        Assert.True(await house.BalanceAsync(account) < before);
        await house.RecoverAsync(1);
        Assert.IsType<PayOutcome.Failed>(await house.Wallet.PayAsync(payment, Ct));
        Assert.Equal(before, await house.BalanceAsync(account));
        Assert.Single(house.Proxy.Seen, path => path == "/v1/melt/bolt11");
        await house.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_payment_that_hangs_is_waited_for(bool succeeds)
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(1_000);
        var before = await house.BalanceAsync(account);
        var payment = Payment(house, account, 200);
        house.Mint.Network.StallNext(1);
        house.Proxy.Order("/v1/melt/bolt11", new Trouble.Ask(request =>
        {
            request["prefer_async"] = true;
            return request;
        }));
        Assert.IsType<PayOutcome.Unknown>(await house.Wallet.PayAsync(payment, Ct));
        await house.RecoverAsync(3);
        Assert.IsType<PayOutcome.Unknown>(await house.Wallet.PayAsync(payment, Ct));
        house.Mint.Network.Release(Bolt11.Read(payment.Bolt11).PaymentHash, succeeds);
        await house.RecoverAsync();
        var outcome = await house.Wallet.PayAsync(payment, Ct);
        var spent = outcome is PayOutcome.Succeeded paid ? Msat.FromSat(200) + paid.Fee : Msat.Zero;
        Assert.Equal(succeeds, outcome is PayOutcome.Succeeded);
        Assert.Equal(before - spent, await house.BalanceAsync(account));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_payment_that_a_mint_calls_failed_and_then_paid_was_not_given_back()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(1_000);
        var payment = Payment(house, account, 200);
        house.Proxy.Order("/v1/melt/bolt11", new Trouble.DropReply());
        house.Proxy.Order("/v1/melt/quote/bolt11", new Trouble.Pass());
        house.Proxy.Order("/v1/melt/quote/bolt11", new Trouble.Forge(reply =>
        {
            reply["state"] = "UNPAID";
            return reply;
        }));
        house.Proxy.Order("/v1/checkstate", new Trouble.Forge(reply =>
        {
            foreach (var state in reply["states"]!.AsArray()) state!["state"] = "UNSPENT";
            return reply;
        }));
        Assert.IsType<PayOutcome.Unknown>(await house.Wallet.PayAsync(payment, Ct));
        await house.RecoverAsync();
        Assert.IsType<PayOutcome.Succeeded>(await house.Wallet.PayAsync(payment, Ct));
        await house.AssertBalancedAsync();
    }

    [Theory]
    [InlineData("left out")]
    [InlineData("null")]
    public async Task Change_that_the_mint_does_not_mention_is_restored(string how)
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(2_000);
        var payment = Payment(house, account, 1_000);
        house.Proxy.Order("/v1/melt/bolt11", new Trouble.Forge(reply =>
        {
            if (how == "null") reply["change"] = null;
            else reply.Remove("change");
            return reply;
        }));
        Assert.IsType<PayOutcome.Succeeded>(await house.Wallet.PayAsync(payment, Ct));
        Assert.Contains("/v1/restore", house.Proxy.Seen);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task More_change_than_there_can_be_is_refused()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(2_000);
        var payment = Payment(house, account, 1_000);
        house.Proxy.Order("/v1/melt/bolt11", new Trouble.Forge(reply =>
        {
            reply["change"]![0]!["amount"] = 1 << 20;
            return reply;
        }));
        Assert.IsType<PayOutcome.Unknown>(await house.Wallet.PayAsync(payment, Ct));
        await house.RecoverAsync(1);
        Assert.IsType<PayOutcome.Succeeded>(await house.Wallet.PayAsync(payment, Ct));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_fee_above_the_limit_is_refused_and_nothing_is_spent()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(1_000);
        var payment = Payment(house, account, 200) with { FeeMax = Msat.Zero };
        var failed = Assert.IsType<PayOutcome.Failed>(await house.Wallet.PayAsync(payment, Ct));
        Assert.Equal("cashu/fee-too-high", failed.Problem.Code);
        await house.AssertBalancedAsync();
    }

    [Theory]
    [InlineData("/v1/swap")]
    [InlineData("/v1/mint/bolt11")]
    public async Task A_keyset_that_rotates_under_way_is_followed(string path)
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(1_000);
        var request = Request(50);
        Pay(house, (await house.Wallet.RequestAsync(request, Ct)).Bolt11);
        house.Mint.Faults.Order(new(path, MintFaultKind.Rotate));
        await house.RecoverAsync();
        Assert.Equal("done", (await house.OperationAsync(request.Id)).State);
        Assert.IsType<PayOutcome.Succeeded>(await house.Wallet.PayAsync(Payment(house, account, 100), Ct));
        await house.AssertBalancedAsync();
    }

    internal static InvoiceRequest Request(long sat) => new(
        Guid.NewGuid(), new("test", Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())), "bolt11",
        Msat.FromSat(sat), "a test", TimeProvider.System.GetUtcNow().AddHours(1));

    /// <summary>The mint's price comes to the first while the second hears nothing and gives up.</summary>
    [Fact]
    public async Task Of_two_who_pay_an_invoice_neither_pays_what_the_other_gave_up()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(1_000);
        var before = await house.BalanceAsync(account);
        var payment = Payment(house, account, 200);
        PayOutcome? second = null;
        house.Proxy.Order("/v1/melt/quote/bolt11", new Trouble.Then(async () =>
        {
            house.Proxy.Order("/v1/melt/quote/bolt11", new Trouble.DropRequest());
            second = await house.Wallet.PayAsync(payment, Ct);
        }));

        var first = await house.Wallet.PayAsync(payment, Ct);

        Assert.Equal(CashuProblems.MintUnreachable.Code, Assert.IsType<PayOutcome.Failed>(second).Problem.Code);
        Assert.Equal(second, first);
        Assert.Equal(0UL, house.Mint.Network.Find(payment.Bolt11)!.PaidMsat);
        Assert.Equal(before, await house.BalanceAsync(account));
        await house.RecoverAsync(2);
        Assert.Equal(second, await house.Wallet.PayAsync(payment, Ct));
        await house.AssertBalancedAsync();
    }

    internal static LightningPayment Payment(CashuHouse house, string account, long sat) => new(
        Guid.NewGuid(), account, house.Mint.Network.Issue(new("somebody", (ulong)sat * 1_000, "")).Bolt11,
        Msat.FromSat(50));

    internal static void Pay(CashuHouse house, string bolt11) =>
        Assert.Null(house.Mint.Network.Send(bolt11, "somebody", ulong.MaxValue).Reason);
}
