using System.Text.Json.Nodes;
using PoA.Nostr.Crypto;
using PoA.Nostr.Database;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;
using MintDialect = PoA.Nostr.Devnet.Mint.MintDialect;
using MintFaultKind = PoA.Nostr.Devnet.Mint.MintFaultKind;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>Ecash comes in: credited once, net of the mint's fee, whatever the network does.</summary>
[Suite("slice")]
public class ReceiveTokenTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_token_is_swapped_and_credited_once_net_of_the_fee(int version)
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { KeysetVersion = version });
        var payment = house.Payment(house.Token(21)) with { Payer = new string('a', 64) };
        var received = new ReceiveOutcome.Received(Msat.FromSat(20), Msat.FromSat(21));
        Assert.Equal(received, await house.Wallet.ReceiveAsync(payment, Ct));
        Assert.Equal(received, await house.Wallet.ReceiveAsync(payment, Ct));
        var told = Assert.Single(house.Receiver.Received);
        Assert.Equal(
            (payment.Id, house.RailAccount, Msat.FromSat(20), Msat.FromSat(21), payment.Payer),
            (told.Id, told.Source, told.Amount, told.Paid, told.Payer));
        Assert.Equal(
            CashuProblems.AlreadyReceived,
            Refused(await house.Wallet.ReceiveAsync(payment with { Id = Guid.NewGuid() }, Ct)));
        await house.AssertBalancedAsync();
    }

    public static TheoryData<string, MintDialect> Faults()
    {
        TheoryData<string, MintDialect> data = [];
        foreach (var fault in (string[])["drop-request", "drop-reply", "double"])
        {
            foreach (var dialect in Enum.GetValues<MintDialect>()) data.Add(fault, dialect);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_crash_around_the_swap_loses_nothing(string fault, MintDialect dialect)
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { Dialect = dialect });
        var payment = house.Payment(house.Token(77));
        house.Proxy.Order("/v1/swap", Of(fault));
        house.Proxy.Order("/v1/restore", new Trouble.DropRequest());
        await house.Wallet.ReceiveAsync(payment, Ct);
        await house.RestartAsync();
        await house.RecoverAsync();
        Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(payment, Ct));
        Assert.Single(house.Receiver.Received);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_caller_who_hangs_up_stops_nothing()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var payment = house.Payment(house.Token(9));
        using var caller = new CancellationTokenSource();
        house.Proxy.Order("/v1/swap", new Trouble.Forge(reply =>
        {
            caller.Cancel();
            return reply;
        }));
        await Record.ExceptionAsync(() => house.Wallet.ReceiveAsync(payment, caller.Token));
        Assert.Equal("done", (await house.OperationAsync(payment.Id)).State);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task The_same_payment_at_the_same_moment_is_one_payment()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var payment = house.Payment(house.Token(40));
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => house.Wallet.ReceiveAsync(
            i % 2 == 0 ? payment : payment with { Id = Guid.NewGuid() }, Ct)));
        Assert.Single(house.Receiver.Received);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_token_that_its_sender_spent_first_is_refused_and_nobody_is_credited()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var token = house.Token(50);
        await SpendElsewhereAsync(house, token);
        var payment = house.Payment(token);
        Assert.Equal(CashuProblems.Spent, Refused(await house.Wallet.ReceiveAsync(payment, Ct)));
        Assert.Empty(house.Receiver.Received);
        Assert.Equal("failed", (await house.OperationAsync(payment.Id)).State);
        Assert.Equal(0, await house.Db.OneAsync<long>(
            "select count(*) from payments.ecash_input where op_id = @Id", new { payment.Id }, Ct));
        await house.AssertBalancedAsync();
    }

    [Theory]
    [InlineData("UNSPENT")]
    [InlineData("SPENT")]
    public async Task Proofs_that_are_pending_elsewhere_are_waited_for(string then)
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var payment = house.Payment(house.Token(12));
        house.Proxy.Order("/v1/swap", new Trouble.Answer(400, """{"detail":"proofs are pending","code":11002}"""));
        house.Proxy.Order("/v1/checkstate", States("PENDING"));
        Assert.IsType<ReceiveOutcome.Waiting>(await house.Wallet.ReceiveAsync(payment, Ct));
        Assert.Empty(house.Receiver.Received);
        if (then == "SPENT")
        {
            house.Proxy.Order("/v1/swap", new Trouble.Answer(400, """{"detail":"spent","code":11001}"""));
            house.Proxy.Order("/v1/checkstate", States("SPENT"));
        }

        await house.RecoverAsync(1);
        Assert.Equal(then == "SPENT" ? "failed" : "done", (await house.OperationAsync(payment.Id)).State);
        Assert.Equal(then == "SPENT" ? 0 : 1, house.Receiver.Received.Count);
    }

    [Theory]
    [InlineData("subset")]
    [InlineData("twice")]
    [InlineData("unknown")]
    [InlineData("amount")]
    [InlineData("keyset")]
    [InlineData("dleq")]
    [InlineData("signature")]
    public async Task What_a_mint_restores_is_believed_only_when_it_is_complete_and_proven(string lie)
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var payment = house.Payment(house.Token(77));
        house.Proxy.Order("/v1/swap", new Trouble.DropReply());
        house.Proxy.Order("/v1/restore", new Trouble.Forge(reply => Lie(reply, lie)));
        Assert.IsType<ReceiveOutcome.Waiting>(await house.Wallet.ReceiveAsync(payment, Ct));
        Assert.Empty(house.Receiver.Received);
        Assert.Equal("open", (await house.OperationAsync(payment.Id)).State);

        // The truth, in another order.
        house.Proxy.Order("/v1/swap", new Trouble.Answer(400, """{"detail":"outputs already signed","code":11003}"""));
        house.Proxy.Order("/v1/restore", new Trouble.Forge(reply => Lie(reply, "reversed")));
        await house.RecoverAsync(1);
        Assert.Equal("done", (await house.OperationAsync(payment.Id)).State);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_mint_that_answers_a_swap_with_other_amounts_is_not_believed()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var payment = house.Payment(house.Token(12));
        house.Proxy.Order("/v1/swap", new Trouble.Forge(reply =>
        {
            reply["signatures"]![0]!["amount"] = 1024;
            return reply;
        }));
        house.Proxy.Order("/v1/restore", new Trouble.DropRequest());
        Assert.IsType<ReceiveOutcome.Waiting>(await house.Wallet.ReceiveAsync(payment, Ct));
        await house.RecoverAsync(1);
        Assert.Equal("done", (await house.OperationAsync(payment.Id)).State);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_mint_that_falls_silent_after_the_swap_has_refused_nothing()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var payment = house.Payment(house.Token(30));
        house.Proxy.Order("/v1/swap", new Trouble.Forge(reply =>
        {
            house.Clock.Advance(TimeSpan.FromHours(1));
            house.Proxy.Order("/v1/info", new Trouble.DropRequest());
            return reply;
        }));
        Assert.IsType<ReceiveOutcome.Waiting>(await house.Wallet.ReceiveAsync(payment, Ct));
        await house.RecoverAsync();
        Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(payment, Ct));
        Assert.Single(house.Receiver.Received);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_keyset_that_rotates_under_way_is_followed()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        await house.FundAsync(8);
        house.Mint.Faults.Order(new("/v1/swap", MintFaultKind.Rotate));
        var payment = house.Payment(house.Token(30));
        Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(payment, Ct));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task Ecash_of_a_keyset_that_signs_no_more_is_taken()
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { ListsBlsKeyset = true });
        var old = house.Token(40);
        var fresh = house.Mint.Rotate(version: 0, inputFeePpk: 0);
        Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(house.Payment(old), Ct));
        Assert.Equal([fresh], await house.Db.ManyAsync<string>(
            "select distinct keyset from payments.ecash_proof where mint = @Url", new { house.Url }, Ct));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_short_keyset_id_stands_for_its_full_one()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var token = house.Token(5);
        var shortened = token with { Proofs = [.. token.Proofs.Select(proof => proof with { Id = proof.Id[..16] })] };
        Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(house.Payment(shortened), Ct));
    }

    [Fact]
    public async Task A_token_locked_to_a_key_is_taken_with_that_key_alone()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        using var key = SecretKey.Generate();
        var account = await house.FundAsync(64);
        var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(10), house.Url, "02" + key.Pubkey);
        var locked = await house.Wallet.SendAsync(order, Ct);
        Assert.Equal(CashuProblems.NotOurs, Refused(await house.Wallet.ReceiveAsync(house.Payment(locked), Ct)));
        using var another = SecretKey.Generate();
        Assert.Equal(
            CashuProblems.NotOurs, Refused(await house.Wallet.ReceiveAsync(house.Payment(locked, another), Ct)));
        Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(house.Payment(locked, key), Ct));
        await house.AssertBalancedAsync();
    }

    [Theory]
    [InlineData("cashu", false, true)]
    [InlineData("cashu", true, false)]
    [InlineData("nutzap", false, false)]
    public async Task Proofs_without_dleq_are_taken_where_a_swap_proves_them_and_nobody_asks_for_more(
        string rail, bool requires, bool takes)
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        house.RequireDleq = requires;
        await house.RestartAsync();
        var token = house.Token(21);
        var bare = token with { Proofs = [.. token.Proofs.Select(proof => proof with { Dleq = null })] };
        var outcome = await house.Wallet.ReceiveAsync(house.Payment(bare) with { Rail = rail }, Ct);
        if (takes)
        {
            Assert.IsType<ReceiveOutcome.Received>(outcome);
        }
        else
        {
            Assert.Equal(CashuProblems.ProofIncomplete, Refused(outcome));
            Assert.DoesNotContain("/v1/swap", house.Proxy.Seen);
        }

        Assert.Equal(takes ? 1 : 0, house.Receiver.Received.Count);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_forged_proof_without_dleq_is_credited_to_nobody()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var token = house.Token(21);
        var forged = token.Proofs[0] with { Secret = token.Proofs[0].Secret + "x", Dleq = null };
        var payment = house.Payment(token with { Proofs = [forged, .. token.Proofs.Skip(1)] });
        Assert.Equal(CashuProblems.MintRefused.Code, Refused(await house.Wallet.ReceiveAsync(payment, Ct)).Code);
        Assert.Empty(house.Receiver.Received);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_swap_that_is_served_while_the_mint_is_asked_about_it_was_ours()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var payment = house.Payment(house.Token(40));
        // The mint refuses what we send now, and serves an earlier copy between the two questions.
        house.Proxy.Order("/v1/swap", new Trouble.Hold());
        house.Proxy.Order("/v1/restore", new Trouble.Then(() => house.Proxy.ReleaseAsync()));
        var before = house.Proxy.Seen.Count(path => path == "/v1/restore");
        Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(payment, Ct));
        Assert.Equal(before + 2, house.Proxy.Seen.Count(path => path == "/v1/restore"));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_cannot_be_taken_is_refused_before_the_mint_is_told()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var token = house.Token(21);
        var proof = token.Proofs[0];
        await Refuses(CashuProblems.WrongUnit, token with { Unit = "usd" });
        await Refuses("cashu/mint-not-listed", token with { Mint = "https://mint.example" });
        await Refuses(CashuProblems.ProofIncomplete, With(proof with { Dleq = proof.Dleq! with { R = null } }));
        await Refuses(CashuProblems.ProofForged, With(proof with { Secret = proof.Secret + "x" }));
        await Refuses(CashuProblems.WrongAmount, With(proof with { Amount = 3 }));
        await Refuses(CashuProblems.ProofForged, With(proof with { Amount = 2 }));
        await Refuses(CashuProblems.UnsupportedKeyset, With(proof with { Id = "02" + new string('a', 64) }));
        await Refuses(CashuProblems.UnknownKeyset, With(proof with { Id = "00aaaaaaaaaaaaaa" }));
        await Refuses(CashuProblems.DuplicateProof, token with { Proofs = [proof, proof] });
        await Refuses("cashu/too-little", house.Token(1));
        await Refuses(CashuProblems.Exposure, house.Token(999_999) with { }, house.Token(999_999));
        Assert.DoesNotContain("/v1/swap", house.Proxy.Seen.SkipLast(1));

        CashuToken With(Proof changed) => token with { Proofs = [changed, .. token.Proofs.Skip(1)] };

        async Task Refuses(object expected, params CashuToken[] tokens)
        {
            ReceiveOutcome outcome = new ReceiveOutcome.Waiting();
            foreach (var one in tokens) outcome = await house.Wallet.ReceiveAsync(house.Payment(one), Ct);
            var problem = Refused(outcome);
            Assert.Equal(expected is Problem known ? known.Code : expected, problem.Code);
        }
    }

    static Problem Refused(ReceiveOutcome outcome) => Assert.IsType<ReceiveOutcome.Refused>(outcome).Problem;

    internal static Trouble Of(string fault) => fault switch
    {
        "drop-request" => new Trouble.DropRequest(),
        "drop-reply" => new Trouble.DropReply(),
        _ => new Trouble.Double(),
    };

    static Trouble.Forge States(string state) => new(reply =>
    {
        foreach (var one in reply["states"]!.AsArray()) one!["state"] = state;
        return reply;
    });

    /// <summary>Another wallet of the same mint is quicker.</summary>
    static async Task SpendElsewhereAsync(CashuHouse house, CashuToken token)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        var keyset = token.Proofs[0].Id;
        var net = token.Amount - 1;
        byte[] r = [.. new byte[31], 7];
        BlindedMessage[] outputs =
        [
            .. Enumerable.Range(0, 10).Where(bit => ((net >> bit) & 1) == 1).Select(bit =>
                new BlindedMessage(1UL << bit, keyset, Bdhke.Blind($"elsewhere {bit}", r)!.ToHex())),
        ];
        var request = new SwapRequest([.. token.Proofs.Select(proof => proof with { Dleq = null })], outputs);
        using var content = new ByteArrayContent(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(request, CashuJson.Default.SwapRequest));
        content.Headers.ContentType = new("application/json");
        using var answer = await http.PostAsync(house.Mint.Url + "/v1/swap", content, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    static JsonObject Lie(JsonObject reply, string lie)
    {
        var (outputs, signatures) = (reply["outputs"]!.AsArray(), reply["signatures"]!.AsArray());
        switch (lie)
        {
            case "subset":
                outputs.RemoveAt(0);
                signatures.RemoveAt(0);
                break;
            case "twice":
                outputs[0] = outputs[1]!.DeepClone();
                signatures[0] = signatures[1]!.DeepClone();
                break;
            case "unknown":
                outputs[0]!["B_"] = CurvePoint.OfSecret([.. new byte[31], 3])!.ToHex();
                break;
            case "amount":
                signatures[0]!["amount"] = 512;
                break;
            case "keyset":
                signatures[0]!["id"] = "00aaaaaaaaaaaaaa";
                break;
            case "dleq":
                signatures[0]!["dleq"]!["e"] = new string('1', 64);
                break;
            case "signature":
                signatures[0]!["C_"] = signatures[1]!["C_"]!.GetValue<string>();
                break;
            case "reversed":
                var (os, ss) = (outputs.Reverse().ToList(), signatures.Reverse().ToList());
                outputs.Clear();
                signatures.Clear();
                os.ForEach(outputs.Add);
                ss.ForEach(signatures.Add);
                break;
        }

        return reply;
    }
}
