using PoA.Nostr.Database;
using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Market.Escrow;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Agents;

/// <summary>An agent that its operator paused: it takes nothing on, and what it owes it does.</summary>
[Suite("slice")]
public sealed class PausedAgentTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_refuses_what_is_new_and_keeps_the_price_that_it_quoted()
    {
        await using var market = await PaidMarket.StartAsync(postgres.Db, Ct);
        var quoted = market.Request();
        Assert.Equal("payment-required", (await market.AskAsync(quoted, Ct)).Tag("status"));
        var late = market.Request();
        Assert.Equal("payment-required", (await market.AskAsync(late, Ct)).Tag("status"));
        var open = market.Customer.Sign(market.Kind.Kind, "", [["i", "hello", "text"]]);
        var agent = market.Jobs.Agent;

        await PauseAsync(market, agent, true);

        Assert.Empty(market.Jobs.Get<AgentDirectory>().All);
        Assert.Null(market.Jobs.Get<ChooseAgent>().For(open));
        var refused = await market.AskAsync(market.Customer.Ask(agent, "hello"), Ct);
        Assert.Equal(("error", DvmProblems.KindNotSold.Code), (refused.Tag("status"), refused.Tag("code")));

        await market.PayAsync(quoted, 21, Ct);
        Assert.Equal("processing", (await market.AnswerAsync(quoted, Ct)).Tag("status"));
        var result = await market.AnswerAsync(quoted, Ct);
        Assert.Equal((agent.Pubkey, "hello"), (result.Pubkey, result.Content));
        await market.ReactAsync(result, "+", Ct);
        await PaidMarket.UntilAsync(async () => await market.StatusAsync(quoted, Ct) == JobStatus.Settled, Ct);

        // Too little for the other: the money that cannot be used has somebody who says so.
        await market.PayAsync(late, 1, Ct);
        var back = await market.AnswerAsync(late, Ct);
        Assert.Equal((agent.Pubkey, "pending"), (back.Pubkey, back.TagsNamed("refund").Single()[2]));
        await market.AssertBalancedAsync(Ct);

        await PauseAsync(market, agent, false);
        var again = await market.AskAsync(market.Customer.Ask(agent, "hello"), Ct);
        Assert.Equal("payment-required", again.Tag("status"));
    }

    async Task PauseAsync(PaidMarket market, Agent agent, bool paused)
    {
        await postgres.Owner.RunAsync(
            "update market.agent set paused = @paused where pubkey = @Pubkey", new { paused, agent.Pubkey }, Ct);
        await market.Jobs.Get<AgentDirectory>().LoadAsync("pause", Ct);
    }
}
