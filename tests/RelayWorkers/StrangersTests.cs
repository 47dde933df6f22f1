using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Dvm;
using PoA.Nostr.Fetch;
using PoA.Nostr.Market;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Relays;
using PoA.Nostr.Tests.Dvm;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.RelayWorkers;

/// <summary>Relays that customers name: used where anybody may be sent, and nowhere else.</summary>
[Suite("slice")]
public sealed class StrangersTests(Postgres postgres) : IClassFixture<Postgres>, IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task The_answers_to_a_job_reach_the_relay_that_it_names()
    {
        await using var ours = await DevnetRelay.StartAsync(new() { Data = _folder["ours"] }, Ct);
        await using var theirs = await DevnetRelay.StartAsync(new() { Data = _folder["theirs"] }, Ct);
        var kind = new ScriptedKind();
        Dictionary<string, string?> settings = new()
        {
            ["Market:MasterKey"] = new('a', 64),
            ["Fetch:AllowedEndpoints:0"] = $"127.0.0.1:{theirs.Port}",
        };
        await using var workers = await Workers.StartAsync(
            postgres, [ours.Url], [], settings, house: builder =>
            {
                builder.AddMarket().AddDvm();
                builder.Services.RemoveAll<JobKind>().RemoveAll<JobOffer>();
                builder.Services.AddSingleton<JobKind>(kind).AddSingleton(kind.Offer);
            });
        var agent = workers.Services.GetRequiredService<AgentDirectory>().Selling(kind.Kind)[0];
        var request = new Customer().Ask(agent, "hello", ["relays", theirs.Url]);

        await using var here = await RelayClient.ConnectAsync(ours.Url, Ct);
        await using var there = await RelayClient.ConnectAsync(theirs.Url, Ct);
        await there.SendAsync($$"""["REQ","answers",{"kinds":[{{kind.Kind + 1_000}}],"#e":["{{request.Id}}"]}]""", Ct);
        Assert.True((await here.PublishAsync(request, Ct)).Accepted);

        var result = RelayClient.Event(await there.ReadAsync("EVENT", Ct));
        Assert.Equal("hello", result.Content);
        Assert.Equal(agent.Pubkey, result.Pubkey);
    }

    [Fact]
    public async Task The_next_port_is_not_even_dialled()
    {
        await using var allowed = await FakeRelay.StartAsync();
        await using var neighbour = await FakeRelay.StartAsync();
        var addresses = new SafeAddress([new Uri(allowed.Url).Authority]);
        await using var pool = new RelayPool(
            new() { PublishTimeout = TimeSpan.FromSeconds(1) }, null, new(addresses.CreateHandler()),
            TimeProvider.System, NullLogger<RelayPool>.Instance);
        using var key = SecretKey.Generate();
        var sent = key.Sign(new(6_000, 1_700_000_000, [], ""));

        var answers = await Task.WhenAll(pool.Publish(sent, [allowed.Url, neighbour.Url], Ct));

        Assert.Equal([RelayOutcome.Accepted, RelayOutcome.NoAnswer], answers.Select(answer => answer.Outcome));
        Assert.Equal(0, neighbour.Connections);
    }

    [Fact]
    public async Task A_relay_that_hangs_holds_only_so_many_events()
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Instead = (_, message) => message is ClientMessage.Publish;
        await using var pool = new RelayPool(
            new() { PublishesMax = 10 }, null, null, TimeProvider.System, NullLogger<RelayPool>.Instance);
        pool.Ours(relay.Url);
        using var key = SecretKey.Generate();

        var answers = Enumerable.Range(0, 50)
            .Select(i => pool.Publish(key.Sign(new(6_000, 1_700_000_000, [], $"{i}")), [relay.Url], Ct)[0]).ToList();

        var refused = await Task.WhenAll(answers.Skip(10));
        Assert.All(refused, answer => Assert.True(answer.WorthRetrying));
        Assert.All(answers.Take(10), answer => Assert.False(answer.IsCompleted));
    }

    public void Dispose() => _folder.Dispose();
}
