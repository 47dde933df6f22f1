using Microsoft.Extensions.Hosting;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Dvm;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>
/// What customers of such markets complain of: charged for work that failed, a refund lost among other payments, a
/// deadline that passed while the operator was down.
/// </summary>
[Suite("slice")]
public sealed class PromisesTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    NpgsqlDataSource Db => postgres.Db;

    [Theory]
    [InlineData("says no")]
    [InlineData("falls over")]
    [InlineData("hangs")]
    [InlineData("is wrong")]
    public async Task Work_that_fails_costs_nothing_however_it_fails(string how)
    {
        await using var market = await PaidMarket.StartAsync(Db, Ct);
        if (how == "hangs") market.Kind.Limit = TimeSpan.FromSeconds(1);
        if (how == "is wrong") market.Kind.Check = _ => DvmProblems.Malformed;
        else
        {
            market.Kind.Work = async (_, _, ct) =>
            {
                if (how == "hangs") await Task.Delay(Timeout.Infinite, ct);
                throw how == "says no" ? new ProblemException(DvmProblems.UrlRefused) : new InvalidDataException();
            };
        }

        var fees = await market.BalanceAsync(AccountCode.Fees, Ct);
        await market.DepositAsync(21, Ct);
        var request = market.FromBalance();
        await market.AskAsync(request, Ct);

        await PaidMarket.UntilAsync(async () => await market.CustomerHasAsync(Ct) == Msat.FromSat(21), Ct);
        Assert.Equal(JobStatus.Refunded, await market.StatusAsync(request, Ct));
        Assert.Equal(fees, await market.BalanceAsync(AccountCode.Fees, Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_hundred_refunds_and_deposits_at_once_leave_what_they_come_to()
    {
        await using var market = await PaidMarket.StartAsync(Db, Ct);
        market.Kind.Work = (_, _, _) => throw new ProblemException(DvmProblems.UrlRefused);
        await market.DepositAsync(21 * 50, Ct);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => i % 2 == 0
            ? market.Jobs.ReceiveAsync(market.FromBalance(), Ct)
            : market.DepositAsync(7, Ct)));

        var due = Msat.FromSat((21 * 50) + (7 * 50));
        await PaidMarket.UntilAsync(async () => await market.CustomerHasAsync(Ct) == due, Ct);
        Assert.Equal(50, await Db.OneAsync<int>(
            "select count(*)::int from market.refund where payer = @Pubkey and state = 'collected'",
            new { market.Customer.Signer.Pubkey }, Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_refund_that_sixteen_pay_at_once_is_one_token()
    {
        await using var mint = await Mints.StartAsync();
        await using var market = await PaidMarket.StartAsync(Db, mint, Ct);
        market.Kind.Work = (_, _, _) => throw new ProblemException(DvmProblems.UrlRefused);
        var ecash = market.Jobs.Get<PayWithToken>();
        Assert.Null((await ecash.ForTreasuryAsync(CashuToken.Parse(mint.Token(200)), Ct)).Refusal);
        var request = market.Request(["cashu", mint.Token(25)]);
        await market.Jobs.ReceiveAsync(request, Ct);
        await PaidMarket.UntilAsync(async () => await market.StatusAsync(request, Ct) == JobStatus.Refunded, Ct);

        var pays = market.Jobs.All<IHostedService>().OfType<PayRefunds>().Single();
        var refund = await RefundAsync(request);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            // Whoever finds it in other hands asks again later, as its worker does.
            await Record.ExceptionAsync(() => pays.PayAsync(refund, Ct));
        }));

        await PaidMarket.UntilAsync(async () => (await RefundAsync(request)).State == "ready", Ct);
        var token = CashuToken.Parse((await RefundAsync(request)).Token!);
        Assert.Equal(refund.Amount.Sat, (long)token.Amount);

        // Who crashed before the token was kept makes the same one again.
        var again = await market.Jobs.Get<MakeToken>().HandleAsync(refund, "token", null, Ct);
        Assert.Equal(token.Write(), again?.Write());

        // The change of the same payment went back too: no other token was ever made.
        await PaidMarket.UntilAsync(
            async () => await Db.OneAsync<bool>(
                "select bool_and(state = 'ready') from market.refund where job = @Id", new { request.Id }, Ct),
            Ct);
        var (given, owed) = await Db.OneAsync<(long, long)>(SelectGiven, new { mint.Url, request.Id }, Ct);
        Assert.Equal(owed, given);
        Assert.Equal(Msat.Zero, await market.BalanceAsync(AccountCode.Refund(refund.Id), Ct));
        await market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task Silence_while_we_were_deaf_accepts_nothing_and_a_payment_then_is_in_time()
    {
        await using var market = await PaidMarket.StartAsync(Db, Ct);
        var clock = market.Jobs.All<IHostedService>().OfType<ExpireJobs>().Single();
        await market.DepositAsync(21, Ct);
        var (delivered, quoted) = (market.FromBalance(), market.Request());
        await market.AskAsync(delivered, Ct);
        await market.AskAsync(quoted, Ct);
        await PaidMarket.UntilAsync(async () => await market.StatusAsync(delivered, Ct) == JobStatus.Delivered, Ct);
        var now = TimeProvider.System.GetUtcNow();

        // Since an hour before everything began nobody heard anything; the deadlines passed a minute ago.
        market.Jobs.Listening.Deaf = [new(now.AddDays(-3), now.AddMinutes(10))];
        await Db.RunAsync(
            """
            update market.job set accept_by = now() - interval '1 minute', pay_by = now() - interval '1 minute',
                   received_at = now() - interval '1 hour'
             where id in (@delivered, @quoted)
            """,
            new { delivered = delivered.Id, quoted = quoted.Id }, Ct);
        await clock.SweepAsync(Ct);
        Assert.Equal(JobStatus.Delivered, await market.StatusAsync(delivered, Ct));
        Assert.Equal(JobStatus.Quoted, await market.StatusAsync(quoted, Ct));
        await market.PayAsync(quoted, 21, Ct);
        Assert.NotEqual(JobStatus.Quoted, await market.StatusAsync(quoted, Ct));

        market.Jobs.Listening.Deaf = [];
        await clock.SweepAsync(Ct);
        await PaidMarket.UntilAsync(async () => await market.StatusAsync(delivered, Ct) == JobStatus.Settled, Ct);
        await market.AssertBalancedAsync(Ct);
    }

    const string SelectGiven = """
        select (select sum(amount_sat) from payments.ecash_proof where state = 'given' and mint = @Url)::bigint,
               (select sum(amount_msat) / 1000 from market.refund where job = @Id)::bigint
        """;

    async Task<Refund> RefundAsync(NostrEvent request) => (await Db.OneAsync<RefundRow>(
        $"select {RefundRow.Columns} from market.refund r where r.job = @Id and r.reason = @Code",
        new { request.Id, DvmProblems.UrlRefused.Code }, Ct))!.ToRefund();
}
