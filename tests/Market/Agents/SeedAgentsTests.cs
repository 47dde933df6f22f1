using System.Text.Json;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Tests.Dvm;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Agents;

[Suite("slice")]
public sealed class SeedAgentsTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agents_are_made_once_and_keep_their_keys()
    {
        string before;
        await using (var first = await JobMarket.StartAsync(postgres.Db, Ct)) before = first.Agent.Pubkey;
        var both = await Task.WhenAll(JobMarket.StartAsync(postgres.Db, Ct), JobMarket.StartAsync(postgres.Db, Ct));

        foreach (var market in both)
        {
            var agent = Assert.Single(market.Get<AgentDirectory>().All);
            Assert.Equal((before, "counter"), (agent.Pubkey, agent.Slug));
            Assert.Equal(Msat.Zero, agent.Prices[5400]);
            var signed = await market.Get<AgentDirectory>().Signer(before).SignAsync(new(1, 1, [], "x"), Ct);
            Assert.NotNull(VerifiedEvent.TryVerify(signed, out _));
            await market.DisposeAsync();
        }

        Assert.True(await postgres.Db.OneAsync<int>(
            "select count(*)::int from market.agent_secret_access where agent = @before", new { before }, Ct) >= 3);
    }

    [Fact]
    public async Task Each_agent_announces_itself_and_each_of_its_kinds()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var all = await market.Get<IAnnouncementSource>().AnnouncementsAsync(Ct);

        Assert.Equal([0, 31990], all.Select(announcement => announcement.Kind));
        using var profile = JsonDocument.Parse(all[0].Content);
        Assert.Equal("Counter", profile.RootElement.GetProperty("name").GetString());

        var tags = all[1].Tags.ToDictionary(tag => tag[0], tag => tag[1]);
        Assert.Equal(($"{market.Agent.Pubkey}-5400", "5400", "event-count"), (tags["d"], tags["k"], tags["t"]));
        using var handler = JsonDocument.Parse(all[1].Content);
        Assert.Equal("free", handler.RootElement.GetProperty("amount").GetString());
        Assert.False(handler.RootElement.GetProperty("subscription").GetBoolean());
        Assert.True(handler.RootElement.GetProperty("encryptionSupported").GetBoolean());
        Assert.True(handler.RootElement.GetProperty("supportsEncryption").GetBoolean());
        var values = handler.RootElement.GetProperty("nip90Params").GetProperty("case").GetProperty("values");
        Assert.Equal(["upper", "lower"], values.EnumerateArray().Select(value => value.GetString()));
        Assert.False(handler.RootElement.TryGetProperty("picture", out _));
    }
}
