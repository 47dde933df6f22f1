using PoA.Nostr.Database;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Dvm;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Payments.Cashu;
using PoA.Nostr.Tests.Dvm;
using PoA.Nostr.Tests.Support;
using EcashProof = PoA.Nostr.Payments.Cashu.Proof;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>Jobs paid by ecash and invoices of a mint, which keeps a fee of 100 ppk of what is swapped.</summary>
[Suite("slice")]
public sealed class EcashJobsTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_in_the_request_pays_the_job_and_its_fee_is_the_platforms_cost()
    {
        await using var mint = await MintAsync();
        await using var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);
        var feesBefore = await market.BalanceAsync(AccountCode.Fees, Ct);
        var request = market.Request(["cashu", mint.Token(21)]);

        var taken = await market.AskAsync(request, Ct);
        Assert.Equal(("processing", EscrowProblems.PublicToken.Code), (taken.Tag("status"), taken.Tag("code")));
        var result = await market.AnswerAsync(request, Ct);
        Assert.Equal(PaidMarket.Price, await market.BalanceAsync(AccountCode.Escrow(request.Id), Ct));
        Assert.Equal(Msat.FromSat(-20), await market.BalanceAsync(AccountCode.Mint(mint.Url), Ct));

        await market.ReactAsync(result, "+", Ct);
        Assert.Equal(JobStatus.Settled, await market.StatusAsync(request, Ct));
        Assert.Equal(Msat.FromSat(1), await market.BalanceAsync(AccountCode.Fees, Ct) - feesBefore);
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_failed_job_is_refunded_by_a_token_in_a_private_message_over_what_was_paid()
    {
        await using var mint = await MintAsync();
        await using var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);
        var other = market.Request(["cashu", mint.Token(21)]);
        await market.AskAsync(other, Ct);
        await market.AnswerAsync(other, Ct);
        market.Kind.Work = (_, _, _) => throw new ProblemException(DvmProblems.UrlRefused);
        var request = market.Request(["cashu", mint.Token(21)]);

        await market.AskAsync(request, Ct);
        Assert.Equal(DvmProblems.UrlRefused.Code, (await market.AnswerAsync(request, Ct)).Tag("code"));
        var told = await market.AnswerAsync(request, Ct);
        Assert.Equal(["ready", "21000", "token"], told.TagsNamed("refund").Single()[2..]);
        var wrap = await market.Jobs.MessageAsync(market.Customer.Signer.Pubkey, Ct);
        var message = await Nip17Words.OpenAsync(market.Customer.Signer, wrap, Ct);
        Assert.Equal(market.Jobs.Agent.Pubkey, message.Author);
        var token = CashuToken.Parse(message.Text.Split('\n')[^1]);
        Assert.Equal((21UL, mint.Url), (token.Amount, token.Mint));

        Assert.Equal(JobStatus.Refunded, await market.StatusAsync(request, Ct));
        Assert.Equal(
            token.Write(),
            await postgres.Db.OneAsync<string>(
                "select token from market.refund where job = @Id and state = 'ready'", new { request.Id }, Ct));
        await market.AssertBalancedAsync(Ct);

        // The token is money: it pays the next job.
        market.Kind.Work = (work, _, _) => Task.FromResult(new JobOutput(work.Inputs[0].Data));
        var next = market.Request(["cashu", token.Write()]);
        Assert.Equal("processing", (await market.AskAsync(next, Ct)).Tag("status"));
    }

    [Fact]
    public async Task The_invoice_and_the_payment_request_of_a_quote_pay_it()
    {
        await using var mint = await MintAsync();
        await using var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);
        var byLightning = market.Request();
        var quote = await market.AskAsync(byLightning, Ct);
        var invoice = Nip90Words.ReadAnswer(quote.Tags).Bolt11!;
        mint.Network.Send(invoice, "customer", 10_000);
        Assert.Equal("processing", (await market.AnswerAsync(byLightning, Ct)).Tag("status"));
        await market.ReactAsync(await market.AnswerAsync(byLightning, Ct), "+", Ct);
        Assert.Equal(JobStatus.Settled, await market.StatusAsync(byLightning, Ct));

        var byMessage = market.Request();
        var asked = PaymentRequest.Parse((await market.AskAsync(byMessage, Ct)).Tag("cashu")!);
        Assert.Equal((byMessage.Id, "sat", mint.Url), (asked.Id, asked.Unit, asked.Mints.Single()));
        Assert.Equal(["nostr", "post"], asked.Transports.Select(transport => transport.Type));
        var payload = new PaymentPayload(asked.Id, CashuToken.Parse(mint.Token((long)asked.Amount!)));
        var agent = market.Jobs.Agent.Pubkey;
        var wraps = await Nip17Words.WrapAsync(
            market.Customer.Signer, Nip17Words.Message([agent], payload.Write(), Customer.Now),
            TimeProvider.System.GetUtcNow(), Ct);
        await market.Jobs.ReceiveAsync(wraps[0], Ct);
        await market.Jobs.ReceiveAsync(wraps[0], Ct);
        Assert.Equal("processing", (await market.AnswerAsync(byMessage, Ct)).Tag("status"));
        Assert.Equal("success", (await market.AnswerAsync(byMessage, Ct)).Tag("status"));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task Ecash_that_is_no_good_is_named_by_a_code_and_the_quote_stands()
    {
        await using var mint = await MintAsync();
        await using var foreign = await MintAsync();
        await using var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);

        var spent = mint.Token(22);
        await market.AskAsync(market.Request(["cashu", spent]), Ct);
        var good = CashuToken.Parse(mint.Token(22));
        (string Token, Problem Why)[] bad =
        [
            (spent, CashuProblems.AlreadyReceived),
            (foreign.Token(22), CashuProblems.MintNotListed),
            ((good with { Unit = "usd" }).Write(), CashuProblems.WrongUnit),
            (Cut(good).WriteV3(), CashuProblems.ProofIncomplete),
            ((good with { Proofs = [.. good.Proofs.Select(Forged)] }).Write(), CashuProblems.ProofForged),
            ((good with { Proofs = [.. good.Proofs.Select(OnAnotherCurve)] }).Write(), CashuProblems.UnsupportedKeyset),
            ("cashuBnonsense", CashuProblems.MalformedToken),
        ];
        foreach (var (token, why) in bad)
        {
            var request = market.Request(["cashu", token]);
            var answer = await market.AskAsync(request, Ct);
            Assert.Equal(("payment-required", why.Code), (answer.Tag("status"), answer.Tag("code")));
            Assert.NotNull(answer.Tag("cashu"));
            Assert.Equal(JobStatus.Quoted, await market.StatusAsync(request, Ct));
        }

        await market.AssertBalancedAsync(Ct);

        // In the older writing, since the newer one has no way to leave it out.
        static CashuToken Cut(CashuToken token) => token with
        {
            Proofs = [.. token.Proofs.Select(proof => proof with { Dleq = proof.Dleq! with { R = null } })],
        };

        static EcashProof OnAnotherCurve(EcashProof proof) => proof with { Id = $"02{proof.Id[2..]}" };

        static EcashProof Forged(EcashProof proof) =>
            proof with { Dleq = proof.Dleq! with { E = proof.Dleq.S } };
    }

    [Fact]
    public async Task A_zap_receipt_pays_nothing_whoever_signed_it()
    {
        await using var mint = await MintAsync();
        await using var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);
        var request = market.Request();
        var quote = await market.AskAsync(request, Ct);
        var invoice = Nip90Words.ReadAnswer(quote.Tags).Bolt11!;
        foreach (var signer in new[] { market.Customer, new Customer() })
        {
            var zap = market.Customer.Sign(
                9734, "", [["p", quote.Pubkey], ["e", quote.Id], ["amount", "21000"], ["relays", "ws://r"]]);
            await market.Jobs.ReceiveAsync(
                signer.Sign(
                    9735, "",
                    [
                        ["p", quote.Pubkey], ["e", quote.Id], ["P", request.Pubkey], ["bolt11", invoice],
                        ["description", System.Text.Encoding.UTF8.GetString(EventJson.Write(zap))],
                        ["preimage", new('0', 64)],
                    ]),
                Ct);
        }

        Assert.Equal(JobStatus.Quoted, await market.StatusAsync(request, Ct));
        Assert.Equal(Msat.Zero, await market.BalanceAsync(AccountCode.Escrow(request.Id), Ct));
    }

    [Fact]
    public async Task Too_little_ecash_and_too_much_goes_back()
    {
        await using var mint = await MintAsync();
        await using var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);

        // Somebody else's ecash lets the wallet make what it owes, the fee of the mint included.
        await market.AskAsync(market.Request(["cashu", mint.Token(64)]), Ct);
        await market.Jobs.MessageAsync(market.Customer.Signer.Pubkey, Ct);
        var little = market.Request(["cashu", mint.Token(15)]);
        var under = await market.AskAsync(little, Ct);
        Assert.Equal(
            ("payment-required", EscrowProblems.Underpaid.Code, "21000"),
            (under.Tag("status"), under.Tag("code"), under.Tag("amount")));
        await market.Jobs.MessageAsync(market.Customer.Signer.Pubkey, Ct);

        var much = market.Request(["cashu", mint.Token(64)]);
        await market.AskAsync(much, Ct);
        Assert.Equal(EscrowProblems.Change.Code, (await market.AnswerAsync(much, Ct)).Tag("code"));
        var wrap = await market.Jobs.MessageAsync(market.Customer.Signer.Pubkey, Ct);
        var message = await Nip17Words.OpenAsync(market.Customer.Signer, wrap, Ct);
        Assert.Equal(42UL, CashuToken.Parse(message.Text.Split('\n')[^1]).Amount);
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task Ecash_locked_to_the_agents_key_pays_and_every_agent_has_one_of_its_own()
    {
        await using var mint = await MintAsync();
        await using var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);
        var directory = market.Jobs.Get<AgentDirectory>();
        var keys = directory.All.Select(agent => directory.CashuKey(agent.Pubkey)!.Pubkey).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.DoesNotContain(keys, key => directory.Find(key) is not null);

        await market.AskAsync(market.Request(["cashu", mint.Token(64)]), Ct);
        var wallet = market.Jobs.Get<CashuWallet>();
        await market.PayAsync(new(DepositBalance.BalancePurpose, market.Customer.Signer.Pubkey), Msat.FromSat(50), Ct);
        var locked = await wallet.SendAsync(
            new(
                Guid.NewGuid(), AccountCode.Balance(market.Customer.Signer.Pubkey), Msat.FromSat(22), mint.Url,
                "02" + directory.CashuKey(market.Jobs.Agent.Pubkey)!.Pubkey),
            Ct);
        var request = market.Request(["cashu", locked.Write()]);
        var taken = await market.AskAsync(request, Ct);
        Assert.Equal(("processing", null), (taken.Tag("status"), taken.Tag("code")));
        Assert.Equal("success", (await market.AnswerAsync(request, Ct)).Tag("status"));
    }

    [Fact]
    public async Task Ecash_by_private_message_that_is_spent_or_late_is_answered_by_a_code_and_the_late_goes_back()
    {
        await using var mint = await MintAsync();
        await using var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);
        var spent = mint.Token(22);
        await market.AskAsync(market.Request(["cashu", spent]), Ct);
        var request = market.Request();
        await market.AskAsync(request, Ct);

        await SendAsync(market, new Customer(), request, spent);
        await SendAsync(market, market.Customer, request, spent);
        var told = await market.AnswerAsync(request, Ct);
        Assert.Equal(
            ("payment-required", CashuProblems.AlreadyReceived.Code, "21000"),
            (told.Tag("status"), told.Tag("code"), told.Tag("amount")));
        Assert.Equal(JobStatus.Quoted, await market.StatusAsync(request, Ct));

        await postgres.Db.RunAsync(
            "update market.job set pay_by = now() - interval '1 minute' where id = @Id", new { request.Id }, Ct);
        await SendAsync(market, market.Customer, request, mint.Token(22));
        var late = await market.AnswerAsync(request, Ct);
        while (late.Tag("code") != EscrowProblems.PaidLate.Code) late = await market.AnswerAsync(request, Ct);
        Assert.Equal(["pending", "22000"], late.TagsNamed("refund").Single()[2..]);
        var message = await Nip17Words.OpenAsync(
            market.Customer.Signer, await market.Jobs.MessageAsync(market.Customer.Signer.Pubkey, Ct), Ct);
        while (!message.Text.Contains(request.Id, StringComparison.Ordinal))
        {
            message = await Nip17Words.OpenAsync(
                market.Customer.Signer, await market.Jobs.MessageAsync(market.Customer.Signer.Pubkey, Ct), Ct);
        }

        Assert.Equal(22UL, CashuToken.Parse(message.Text.Split('\n')[^1]).Amount);
        await market.AssertBalancedAsync(Ct);
    }

    [Theory]
    [InlineData("in the request")]
    [InlineData("by private message")]
    public async Task Ecash_that_waited_for_its_mint_in_vain_is_told_of_once_and_the_quote_stands(string how)
    {
        await using var mint = await MintAsync();
        await using var proxy = await MintProxy.StartAsync(mint.Url);
        await using var market = await PaidMarket.StartAsync(postgres.Db, proxy.Url, Ct);
        // The keys of the mint are known before it goes silent.
        await market.AskAsync(market.Request(), Ct);
        var token = (CashuToken.Parse(mint.Token(22)) with { Mint = proxy.Url }).Write();
        var request = how == "in the request" ? market.Request(["cashu", token]) : market.Request();
        proxy.Order("/v1/swap", new Trouble.DropRequest());
        foreach (var _ in Enumerable.Range(0, 100))
        {
            proxy.Order("/v1/swap", new Trouble.Answer(400, """{"detail":"no more","code":11000}"""));
        }

        if (how == "in the request") await market.Jobs.ReceiveAsync(request, Ct);
        else
        {
            Assert.Equal("payment-required", (await market.AskAsync(request, Ct)).Tag("status"));
            await SendAsync(market, market.Customer, request, token);
        }

        var told = await market.AnswerAsync(request, Ct);
        Assert.Equal(
            ("payment-required", CashuProblems.MintRefused.Code, "21000"),
            (told.Tag("status"), told.Tag("code"), told.Tag("amount")));
        Assert.NotNull(told.Tag("cashu"));
        Assert.Equal(JobStatus.Quoted, await market.StatusAsync(request, Ct));

        // It is the customer's still, and pays when the mint is well again; nothing was said in between.
        proxy.Calm();
        var good = CashuToken.Parse(mint.Token(22)) with { Mint = proxy.Url };
        await SendAsync(market, market.Customer, request, good.Write());
        Assert.Equal("processing", (await market.AnswerAsync(request, Ct)).Tag("status"));
        Assert.Equal("success", (await market.AnswerAsync(request, Ct)).Tag("status"));
        await market.AssertBalancedAsync(Ct);
    }

    static async Task SendAsync(PaidMarket market, Customer sender, NostrEvent request, string token)
    {
        var payload = new PaymentPayload(request.Id, CashuToken.Parse(token));
        var wraps = await Nip17Words.WrapAsync(
            sender.Signer, Nip17Words.Message([market.Jobs.Agent.Pubkey], payload.Write(), Customer.Now),
            TimeProvider.System.GetUtcNow(), Ct);
        await market.Jobs.ReceiveAsync(wraps[0], Ct);
    }

    static Task<DevnetMint> MintAsync() =>
        Mints.StartAsync();
}
