using PoA.Nostr.Database;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;
using DevnetMint = PoA.Nostr.Devnet.Mint.DevnetMint;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>
/// Ecash of a mint that is not ours pays an invoice of ours, or stays its sender's, whatever its mint and the network
/// do.
/// </summary>
[Suite("slice")]
public class ForeignTokenTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 100)]
    public async Task A_token_of_another_mint_pays_an_invoice_of_ours_net_of_what_its_mint_takes(int version, int ppk)
    {
        await using var abroad = await AbroadAsync(version, ppk);
        var payment = abroad.Payment(200) with { Payer = new string('a', 64) };
        var taken = Assert.IsType<ReceiveOutcome.Received>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        Assert.Equal(taken, await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        Assert.Equal((Msat.FromSat(200), ppk == 0 ? 198 : 197), (taken.Paid, taken.Amount.Sat));

        var told = Assert.Single(abroad.House.Receiver.Received);
        Assert.Equal(
            (taken.Amount, taken.Amount, Msat.FromSat(200), payment.Payer, payment.Purpose, abroad.House.RailAccount),
            (told.Amount, told.Paid, told.Given, told.Payer, told.Purpose, told.Source));
        Assert.Equal(
            CashuProblems.Spent, Refused(await abroad.House.Wallet.ReceiveAsync(
                payment with { Id = Guid.NewGuid() }, Ct)));
        Assert.Equal(0, await abroad.House.Db.OneAsync<long>(
            "select count(*) from payments.ecash_proof where mint = @Url", new { abroad.Proxy.Url }, Ct));
        await abroad.House.AssertBalancedAsync();
    }

    [Theory]
    [InlineData("/v1/melt/bolt11", "drop-request")]
    [InlineData("/v1/melt/bolt11", "drop-reply")]
    [InlineData("/v1/melt/bolt11", "double")]
    [InlineData("/v1/melt/quote/bolt11/", "drop-request")]
    [InlineData("ours/v1/mint/bolt11", "drop-request")]
    [InlineData("ours/v1/mint/bolt11", "drop-reply")]
    [InlineData("ours/v1/mint/quote/bolt11/", "drop-reply")]
    public async Task A_crash_anywhere_credits_it_once(string path, string fault)
    {
        await using var abroad = await AbroadAsync();
        var payment = abroad.Payment(150);
        var proxy = path.StartsWith("ours", StringComparison.Ordinal) ? abroad.House.Proxy : abroad.Proxy;
        proxy.Order(path.Replace("ours", "", StringComparison.Ordinal), ReceiveTokenTests.Of(fault));
        abroad.House.Proxy.Order("/v1/restore", new Trouble.DropRequest());
        await abroad.House.Wallet.ReceiveAsync(payment, Ct);
        await abroad.House.RestartAsync();
        await abroad.House.RecoverAsync();

        var taken = Assert.IsType<ReceiveOutcome.Received>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        Assert.Equal(taken.Amount, Assert.Single(abroad.House.Receiver.Received).Amount);
        await abroad.House.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_crash_before_it_was_written_down_leaves_the_token_as_it_was()
    {
        await using var abroad = await AbroadAsync();
        var payment = abroad.Payment(150);
        abroad.Proxy.Order("/v1/melt/quote/bolt11", new Trouble.DropReply());
        Assert.Equal(
            CashuProblems.MintUnreachable, Refused(await abroad.House.Wallet.ReceiveAsync(payment, Ct)));
        await abroad.House.RestartAsync();
        Assert.IsType<ReceiveOutcome.Received>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        await abroad.House.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_mint_that_cannot_pay_leaves_the_token_its_senders()
    {
        await using var abroad = await AbroadAsync();
        var payment = abroad.Payment(150);
        abroad.House.Mint.Network.FailNext(1);
        Assert.Equal(CashuProblems.ForeignUnpaid, Refused(await abroad.House.Wallet.ReceiveAsync(payment, Ct)));
        Assert.Empty(abroad.House.Receiver.Received);

        // It is as good as before: it pays for something else.
        var again = payment with { Id = Guid.NewGuid() };
        Assert.IsType<ReceiveOutcome.Received>(await abroad.House.Wallet.ReceiveAsync(again, Ct));
        await abroad.House.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_mint_that_takes_and_does_not_pay_is_not_believed_and_its_victim_is_told()
    {
        await using var abroad = await AbroadAsync(payWithin: 3_600);
        var payment = abroad.Payment(150);
        abroad.Proxy.Order("/v1/melt/bolt11", new Trouble.Answer(
            200, """{"quote":"q","amount":147,"fee_reserve":2,"state":"PAID","payment_preimage":"00"}"""));
        Assert.IsType<ReceiveOutcome.Waiting>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        Assert.Empty(abroad.House.Receiver.Received);
        for (var hour = 0; hour < 3; hour++)
        {
            abroad.Proxy.Order("/v1/melt/quote/bolt11/", new Trouble.Forge(reply =>
            {
                reply["state"] = "PAID";
                return reply;
            }));
            await abroad.House.RecoverAsync(1);
        }

        Assert.Equal(
            CashuProblems.ForeignKept.Code, Refused(await abroad.House.Wallet.ReceiveAsync(payment, Ct)).Code);
        Assert.Empty(abroad.House.Receiver.Received);
        await abroad.House.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mint_that_hangs_is_waited_for_as_long_as_our_invoice_can_be_paid(bool pays)
    {
        await using var abroad = await AbroadAsync(payWithin: 3_600);
        var payment = abroad.Payment(150);
        abroad.House.Mint.Network.StallNext(1);
        abroad.Proxy.Order("/v1/melt/bolt11", new Trouble.Ask(request =>
        {
            request["prefer_async"] = true;
            return request;
        }));
        Assert.IsType<ReceiveOutcome.Waiting>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        if (pays)
        {
            abroad.House.Mint.Network.Release(await HashAsync(abroad), succeed: true);
            await abroad.House.RecoverAsync(1);
            Assert.IsType<ReceiveOutcome.Received>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        }
        else
        {
            await abroad.House.RecoverAsync(1);
            Assert.IsType<ReceiveOutcome.Waiting>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
            await abroad.House.RecoverAsync(3);
            Assert.Equal(
                CashuProblems.ForeignKept.Code, Refused(await abroad.House.Wallet.ReceiveAsync(payment, Ct)).Code);
        }

        Assert.Equal(pays ? 1 : 0, abroad.House.Receiver.Received.Count);
        await abroad.House.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_mint_that_calls_it_unpaid_and_pays_later_has_paid()
    {
        await using var abroad = await AbroadAsync();
        var payment = abroad.Payment(150);
        abroad.House.Mint.Network.StallNext(1);
        abroad.Proxy.Order("/v1/melt/bolt11", new Trouble.Ask(request =>
        {
            request["prefer_async"] = true;
            return request;
        }));
        abroad.Proxy.Order("/v1/melt/bolt11", new Trouble.Pass());
        Assert.IsType<ReceiveOutcome.Waiting>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        var hash = await HashAsync(abroad);
        abroad.Proxy.Order("/v1/melt/quote/bolt11/", new Trouble.Forge(reply =>
        {
            reply["state"] = "UNPAID";
            return reply;
        }));
        abroad.Proxy.Order("/v1/checkstate", new Trouble.Forge(reply =>
        {
            foreach (var state in reply["states"]!.AsArray()) state!["state"] = "UNSPENT";
            return reply;
        }));
        await abroad.House.RecoverAsync(1);
        Assert.Equal(CashuProblems.ForeignUnpaid, Refused(await abroad.House.Wallet.ReceiveAsync(payment, Ct)));

        abroad.House.Mint.Network.Release(hash, succeed: true);
        await abroad.House.RecoverAsync(1);
        Assert.Single(abroad.House.Receiver.Received);
        await abroad.House.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_mint_that_reserves_more_than_most_is_made_a_lower_offer_and_one_that_wants_all_is_refused()
    {
        await using var abroad = await AbroadAsync();
        abroad.Proxy.Order("/v1/melt/quote/bolt11", Reserve(10));
        abroad.Proxy.Order("/v1/melt/quote/bolt11", Reserve(10));
        var taken = Assert.IsType<ReceiveOutcome.Received>(
            await abroad.House.Wallet.ReceiveAsync(abroad.Payment(150), Ct));
        Assert.Equal(140, taken.Amount.Sat);

        abroad.Proxy.Order("/v1/melt/quote/bolt11", Reserve(1_000_000));
        Assert.Equal(
            CashuProblems.FeeTooHigh, Refused(await abroad.House.Wallet.ReceiveAsync(abroad.Payment(150), Ct)));
        Assert.Equal(
            CashuProblems.TooLittle, Refused(await abroad.House.Wallet.ReceiveAsync(abroad.Payment(2), Ct)));
        await abroad.House.AssertBalancedAsync();
    }

    [Fact]
    public async Task More_than_the_cap_of_a_token_or_of_all_together_is_refused_before_anything_is_sent()
    {
        await using var abroad = await AbroadAsync();
        var over = Refused(await abroad.House.Wallet.ReceiveAsync(abroad.Payment(501), Ct));
        Assert.Equal(CashuProblems.ForeignTooMuch.Code, over.Code);
        Assert.Contains(abroad.House.Url, over.Detail, StringComparison.Ordinal);
        Assert.Empty(abroad.Proxy.Seen);

        List<TokenPayment> payments = [.. Enumerable.Range(0, 3).Select(_ => abroad.Payment(450))];
        abroad.House.Mint.Network.StallNext(2);
        foreach (var payment in payments.Take(2))
        {
            abroad.Proxy.Order("/v1/melt/bolt11", new Trouble.Ask(request =>
            {
                request["prefer_async"] = true;
                return request;
            }));
            Assert.IsType<ReceiveOutcome.Waiting>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        }

        Assert.Equal(
            CashuProblems.ForeignBusy, Refused(await abroad.House.Wallet.ReceiveAsync(payments[2], Ct)));
        foreach (var hash in await HashesAsync(abroad)) abroad.House.Mint.Network.Release(hash, succeed: true);
        await abroad.House.RecoverAsync();
        Assert.Equal(2, abroad.House.Receiver.Received.Count);
        Assert.IsType<ReceiveOutcome.Received>(await abroad.House.Wallet.ReceiveAsync(payments[2], Ct));
    }

    [Fact]
    public async Task Where_it_is_switched_off_or_the_address_is_not_public_no_such_mint_is_asked_anything()
    {
        await using var abroad = await AbroadAsync();
        var token = abroad.Payment(50);
        foreach (var url in (string[])
            [
                "http://mint.example", "https://127.0.0.1:3338", "https://10.0.0.1", "https://[::1]:4448",
                "ftp://mint.example", "https://user@mint.example", "https://mint.example?x=1",
                "https://mint.example:25",
            ])
        {
            var there = token with { Token = token.Token with { Mint = url } };
            Assert.Equal(
                CashuProblems.MintNotListed.Code, Refused(await abroad.House.Wallet.ReceiveAsync(there, Ct)).Code);
        }

        await using var off = await CashuHouse.OpenAsync(postgres);
        var refused = Refused(await off.Wallet.ReceiveAsync(token, Ct));
        Assert.Equal(CashuProblems.MintNotListed.Code, refused.Code);
        Assert.Contains(off.Url, refused.Detail, StringComparison.Ordinal);
        Assert.Empty(abroad.Proxy.Seen);
    }

    [Fact]
    public async Task What_is_spent_locked_to_others_or_of_another_unit_is_named_by_its_code()
    {
        await using var abroad = await AbroadAsync();
        var payment = abroad.Payment(50);
        Assert.IsType<ReceiveOutcome.Received>(await abroad.House.Wallet.ReceiveAsync(payment, Ct));
        await Refuses(CashuProblems.Spent, payment.Token);
        await Refuses(CashuProblems.WrongUnit, abroad.Payment(50).Token with { Unit = "usd" });
        var token = abroad.Payment(50).Token;
        await Refuses(CashuProblems.UnsupportedKeyset, With(proof => proof with { Id = "02" + new string('a', 64) }));
        await Refuses(CashuProblems.UnknownKeyset, With(proof => proof with { Id = "00aaaaaaaaaaaaaa" }));
        await Refuses(CashuProblems.ForeignUnpaid, With(proof => proof with { Secret = proof.Secret + "x" }));
        using var other = SecretKey.Generate();
        var locked = SpendingCondition.LockTo(new string('1', 64), "02" + other.Pubkey);
        await Refuses(CashuProblems.NotOurs, With(proof => proof with { Secret = locked }));
        await abroad.House.AssertBalancedAsync();

        CashuToken With(Func<Proof, Proof> change) =>
            token with { Proofs = [change(token.Proofs[0]), .. token.Proofs.Skip(1)] };

        async Task Refuses(Problem expected, CashuToken bad) => Assert.Equal(
            expected.Code, Refused(await abroad.House.Wallet.ReceiveAsync(abroad.House.Payment(bad), Ct)).Code);
    }

    [Fact]
    public async Task The_same_token_many_times_at_once_is_one_payment()
    {
        await using var abroad = await AbroadAsync();
        var payment = abroad.Payment(120);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => abroad.House.Wallet.ReceiveAsync(
            i % 2 == 0 ? payment : payment with { Id = Guid.NewGuid() }, Ct)));
        await abroad.House.RecoverAsync();
        Assert.Single(abroad.House.Receiver.Received);
        await abroad.House.AssertBalancedAsync();
    }

    static Problem Refused(ReceiveOutcome outcome) => Assert.IsType<ReceiveOutcome.Refused>(outcome).Problem;

    static Trouble.Forge Reserve(long sat) => new(reply =>
    {
        reply["fee_reserve"] = sat;
        return reply;
    });

    static async Task<string> HashAsync(Abroad abroad) => Assert.Single(await HashesAsync(abroad));

    static Task<List<string>> HashesAsync(Abroad abroad) => abroad.House.Db.ManyAsync<string>(
        "select details::json ->> 'payment_hash' from payments.ecash_op where mint = @Url and kind = 'foreign'",
        new { abroad.Proxy.Url }, Ct);

    /// <param name="version">Of the other mint's keyset.</param>
    /// <param name="inputFeePpk">Of it.</param>
    /// <param name="payWithin">Seconds to pay our mint's invoices in: the clock of these tests leaps.</param>
    async Task<Abroad> AbroadAsync(int version = 1, int inputFeePpk = 0, int payWithin = 86_400)
    {
        var house = await CashuHouse.OpenAsync(postgres, new() { QuoteSeconds = payWithin });
        var mint = await Mints.StartAsync(
            new() { Node = "abroad", KeysetVersion = version, InputFeePpk = inputFeePpk }, house.Mint.Network);
        var proxy = await MintProxy.StartAsync(mint.Url);
        await house.TakeForeignAsync(proxy);
        return new(house, mint, proxy);
    }

    /// <summary>Our wallet, and a mint on the same Lightning network that is not listed.</summary>
    sealed record Abroad(CashuHouse House, DevnetMint Mint, MintProxy Proxy) : IAsyncDisposable
    {
        public TokenPayment Payment(long sat) =>
            House.Payment(CashuToken.Parse(Mint.Token(sat)) with { Mint = Proxy.Url });

        public async ValueTask DisposeAsync()
        {
            await Proxy.DisposeAsync();
            await Mint.DisposeAsync();
            await House.DisposeAsync();
        }
    }
}
