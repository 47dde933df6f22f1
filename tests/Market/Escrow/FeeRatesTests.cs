using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>A fee of one's own, set as an operator sets it while the market is open.</summary>
[Suite("slice")]
public sealed class FeeRatesTests : IAsyncLifetime
{
    const string Operator = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    string _connection = null!;
    NpgsqlDataSource _db = null!;
    PaidMarket _market = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connection = new NpgsqlConnectionStringBuilder(await PostgresCluster.FreshDatabaseAsync())
        {
            Username = ServiceRole.Name,
        }.ConnectionString;
        _db = NpgsqlDataSource.Create(_connection);
        _market = await PaidMarket.StartAsync(_db, Ct, ("Market:Operator", Operator));
    }

    public async ValueTask DisposeAsync()
    {
        await _market.DisposeAsync();
        await _db.DisposeAsync();
    }

    [Fact]
    public async Task A_fee_of_ones_own_holds_for_jobs_that_come_later_and_not_for_those_that_are_there()
    {
        var owner = _market.Jobs.Agent.Owner;
        var before = _market.Request();
        var quote = await _market.AskAsync(before, Ct);
        Assert.Equal("500", quote.Tag("fee_bps"));

        Assert.Equal(0, await SetAsync(Nip19Words.Npub(owner), "10000"));
        var later = await AskUntilAsync("10000");
        await SettleAsync(before);
        Assert.Equal(Msat.FromSat(1), await _market.BalanceAsync(AccountCode.Fees, Ct));
        await SettleAsync(later);
        Assert.Equal(Msat.FromSat(22), await _market.BalanceAsync(AccountCode.Fees, Ct));
        Assert.Equal(Msat.FromSat(20), await _market.BalanceAsync(AccountCode.Balance(owner), Ct));

        Assert.Equal(0, await SetAsync(owner, "standard"));
        await AskUntilAsync("500");
        await _market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task What_is_set_before_the_market_opens_holds_for_its_first_job()
    {
        Assert.Equal(0, await SetAsync(_market.Jobs.Agent.Owner, "300"));
        await _market.DisposeAsync();
        _market = await PaidMarket.StartAsync(_db, Ct, ("Market:Operator", Operator));

        Assert.Equal("300", (await _market.AskAsync(_market.Request(), Ct)).Tag("fee_bps"));
    }

    [Theory]
    [InlineData("owner", "10001", 12)]
    [InlineData("owner", "-1", 12)]
    [InlineData("owner", "half", 12)]
    [InlineData("nobody", "300", 12)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", "300", 12)]
    public async Task Nonsense_and_strangers_are_refused(string account, string bps, int code)
    {
        var owner = _market.Jobs.Agent.Owner;

        Assert.Equal(code, await SetAsync(account == "owner" ? owner : account, bps));

        Assert.Equal(0, await _db.OneAsync<long>(
            "select count(*) from market.account where fee_bps is not null", null, Ct));
    }

    [Fact]
    public async Task Who_names_an_agent_is_told_its_owner()
    {
        var (code, said) = await RunAsync(Nip19Words.Npub(_market.Jobs.Agent.Pubkey), "300");

        Assert.Equal(12, code);
        Assert.Contains(Nip19Words.Npub(Operator), said, StringComparison.Ordinal);
    }

    async Task<int> SetAsync(string account, string bps) => (await RunAsync(account, bps)).Code;

    /// <summary><c>./poa fee</c>, in a process of its own.</summary>
    Task<(int Code, string Output)> RunAsync(string account, string bps)
    {
        var start = Support.Poa.StartOf("fee", "--", account, bps);
        start.Environment["ConnectionStrings__Postgres"] = _connection;
        return Support.Poa.RunAsync(start);
    }

    /// <summary>Asks until a quote says this fee: word of a change comes when whoever made it has gone on.</summary>
    async Task<NostrEvent> AskUntilAsync(string bps)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var request = _market.Request();
            if ((await _market.AskAsync(request, bound.Token)).Tag("fee_bps") == bps) return request;
        }
    }

    async Task SettleAsync(NostrEvent request)
    {
        await _market.PayAsync(request, 21, Ct);
        NostrEvent answer;
        do answer = await _market.AnswerAsync(request, Ct); while (!EventKinds.IsJobResult(answer.Kind));
        await _market.ReactAsync(answer, "+", Ct);
        await PaidMarket.UntilAsync(
            async () => await _market.StatusAsync(request, Ct) == JobStatus.Settled, Ct);
    }
}
