using PoA.Nostr.Database;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;
using MintDialect = PoA.Nostr.Devnet.Mint.MintDialect;
using MintFaultKind = PoA.Nostr.Devnet.Mint.MintFaultKind;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>Ecash goes out: one token an order, out of the account's money, and nothing lost on the way.</summary>
[Suite("slice")]
public class SendTokenTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_token_is_made_once_and_its_cost_is_the_platforms(int version)
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { KeysetVersion = version });
        var account = await house.FundAsync(100);
        var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(30), house.Url);
        var token = await house.Wallet.SendAsync(order, Ct);
        Assert.Equal((30UL, "sat", house.Url), (token.Amount, token.Unit, token.Mint));
        Assert.Equal(token.Write(), (await house.Wallet.SendAsync(order, Ct)).Write());
        Assert.Equal(Msat.FromSat(99 - 30), await house.BalanceAsync(account));
        await house.AssertBalancedAsync();
        Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(house.Payment(token), Ct));
    }

    [Fact]
    public async Task A_token_that_was_given_up_is_never_made_and_one_that_is_made_is_not_given_up()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(100);
        var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(30), house.Url);
        Assert.True(await house.Wallet.GiveUpAsync(order.Id, Ct));
        Assert.True(await house.Wallet.GiveUpAsync(order.Id, Ct));
        var refused = await Assert.ThrowsAsync<ProblemException>(() => house.Wallet.SendAsync(order, Ct));
        Assert.Equal(CashuProblems.MintRefused.Code, refused.Problem.Code);
        Assert.Equal(Msat.FromSat(99), await house.BalanceAsync(account));

        var other = order with { Id = Guid.NewGuid() };
        var token = await house.Wallet.SendAsync(other, Ct);
        Assert.False(await house.Wallet.GiveUpAsync(other.Id, Ct));
        Assert.Equal(token.Write(), (await house.Wallet.SendAsync(other, Ct)).Write());
        await house.AssertBalancedAsync();
    }

    public static TheoryData<string, MintDialect> Faults => ReceiveTokenTests.Faults();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_crash_around_the_swap_loses_nothing(string fault, MintDialect dialect)
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { Dialect = dialect });
        var account = await house.FundAsync(100);
        var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(40), house.Url);
        house.Proxy.Order("/v1/swap", ReceiveTokenTests.Of(fault));
        house.Proxy.Order("/v1/restore", new Trouble.DropRequest());
        await Record.ExceptionAsync(() => house.Wallet.SendAsync(order, Ct));
        await house.AssertBalancedAsync(atTheMint: false);
        await house.RestartAsync();
        await house.RecoverAsync();
        Assert.Equal(40UL, (await house.Wallet.SendAsync(order, Ct)).Amount);
        Assert.Equal(Msat.FromSat(59), await house.BalanceAsync(account));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_mint_that_refuses_leaves_money_and_ecash_where_they_were()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(100);
        var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(40), house.Url);
        house.Proxy.Order("/v1/swap", new Trouble.Answer(400, """{"detail":"not today","code":10000}"""));
        var refused = await Assert.ThrowsAsync<ProblemException>(() => house.Wallet.SendAsync(order, Ct));
        Assert.Equal(CashuProblems.MintRefused with { Detail = "not today" }, refused.Problem);
        Assert.Equal(Msat.FromSat(99), await house.BalanceAsync(account));
        await house.AssertBalancedAsync();
        Assert.Equal(40UL, (await house.Wallet.SendAsync(order with { Id = Guid.NewGuid() }, Ct)).Amount);
    }

    [Fact]
    public async Task An_account_cannot_send_more_than_it_has()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var (rich, poor) = (await house.FundAsync(500), await house.FundAsync(10));
        var order = new TokenOrder(Guid.NewGuid(), poor, Msat.FromSat(40), house.Url);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => house.Wallet.SendAsync(order, Ct));
        Assert.Equal("ledger/insufficient", refused.Problem.Code);
        Assert.Null(await house.Get<OperationLog>().ReadAsync(order.Id, Ct));
        Assert.Equal(40UL, (await house.Wallet.SendAsync(order with { Account = rich }, Ct)).Amount);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_keyset_that_rotates_under_way_is_followed()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(100);
        house.Mint.Faults.Order(new("/v1/swap", MintFaultKind.Rotate));
        var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(40), house.Url);
        Assert.Equal(40UL, (await house.Wallet.SendAsync(order, Ct)).Amount);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task Many_orders_at_once_share_no_proof_and_no_counter()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(1_000);
        var others = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => house.FundAsync(64)));
        TokenOrder[] orders =
        [
            .. others.Append(account).Select(from =>
                new TokenOrder(Guid.NewGuid(), from, Msat.FromSat(33), house.Url)),
        ];
        var tokens = await Task.WhenAll(orders.Select(order => SendAsync(house, order)));
        var secrets = tokens.SelectMany(token => token.Proofs).Select(proof => proof.Secret).ToList();
        Assert.Equal(secrets.Count, secrets.Distinct().Count());
        Assert.All(tokens, token => Assert.Equal(33UL, token.Amount));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task Two_workers_on_one_operation_are_one_too_many()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(100);
        var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(40), house.Url);
        house.Proxy.Order("/v1/swap", new Trouble.DropReply());
        house.Proxy.Order("/v1/restore", new Trouble.DropRequest());
        await Assert.ThrowsAsync<ProblemException>(() => house.Wallet.SendAsync(order, Ct));
        house.Clock.Advance(TimeSpan.FromHours(1));
        var log = house.Get<OperationLog>();
        var mine = await log.ClaimAsync(order.Id, Ct);
        Assert.Null(await log.ClaimAsync(order.Id, Ct));
        house.Clock.Advance(TimeSpan.FromHours(1));
        var theirs = await log.ClaimAsync(order.Id, Ct);
        await house.Wallet.RunAsync(theirs!, Ct);
        await Assert.ThrowsAsync<OperationTakenException>(() => house.Wallet.RunAsync(mine!, Ct));
        Assert.Equal("done", (await house.OperationAsync(order.Id)).State);
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task The_database_holds_no_secret_of_ours_and_no_request_that_has_ended()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        var account = await house.FundAsync(100);
        var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(40), house.Url);
        var token = await house.Wallet.SendAsync(order, Ct);
        var rows = string.Join('\n', await house.Db.ManyAsync<string>(
            """
            select p::text from payments.ecash_proof p union all select o::text from payments.ecash_output o
            union all select e::text from payments.ecash_op e where ended_at is not null
            """, null, Ct));
        Assert.All(token.Proofs, proof => Assert.DoesNotContain(proof.Secret, rows, StringComparison.Ordinal));
        Assert.Equal(0, await house.Db.OneAsync<long>(
            "select count(*) from payments.ecash_op where ended_at is not null and request is not null", null, Ct));
    }

    /// <summary>Counters and proofs are contended: who finds too little live asks again, as callers do.</summary>
    static async Task<CashuToken> SendAsync(CashuHouse house, TokenOrder order)
    {
        while (true)
        {
            try
            {
                return await house.Wallet.SendAsync(order, Ct);
            }
            catch (ProblemException e) when (e.Problem == CashuProblems.InsufficientEcash)
            {
                Assert.False(Ct.IsCancellationRequested);
            }
        }
    }
}
