using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using PoA.Nostr.Dvm;
using PoA.Nostr.Market;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Nsite;
using PoA.Nostr.Nsite.Storefront;
using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.RelayWorkers;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nsite;

/// <summary>The publisher as a process runs it, with real workers and a real Blossom server.</summary>
[Suite("slice")]
public sealed class PublishingTests : IAsyncLifetime
{
    readonly Postgres _postgres = new();
    readonly string _folder = Directory.CreateTempSubdirectory("poa-publishing-").FullName;
    readonly ConcurrentDictionary<string, AgentStorefrontData> _shown = new();
    FakeRelay _relay = null!;
    BlossomPeer _blossom = null!;

    static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _relay = await FakeRelay.StartAsync();
        _blossom = await BlossomPeer.StartAsync(_postgres, _folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _blossom.DisposeAsync();
        await _relay.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_storefront_is_kept_then_announced_and_again_when_it_changes()
    {
        await using var workers = await StartAsync(_blossom.Url);
        var agent = Show(workers, Given.Counter);

        var first = await KeptAsync(15128, agent, one => one.Tag("title")!.StartsWith("Counter", default));
        var legacy = await KeptAsync(34128, agent, one => one.Tag("d") == "/job-5001.json");
        foreach (var file in Nip5AWords.Files(first))
        {
            Assert.Equal(200, (int)(await Http.GetAsync(new Uri($"{_blossom.Url}/{file.Sha256}"), Ct)).StatusCode);
        }

        Show(workers, Given.Counter with { About = "Counts otherwise.", Offers = [Given.Counter.Offers[0]] });
        var second = await KeptAsync(15128, agent, one => one.Tag("description") == "Counts otherwise.");
        var deletion = await KeptAsync(5, agent, _ => true);

        Assert.True(second.CreatedAt > first.CreatedAt);
        Assert.NotEqual(first.Tag("x"), second.Tag("x"));
        Assert.Equal([$"34128:{agent}:/job-5001.json"], deletion.TagsNamed("a").Select(tag => tag[1]));
        Assert.True(Nip09Words.Deletes(deletion, legacy));
    }

    [Fact]
    public async Task Nothing_is_said_of_what_no_server_keeps()
    {
        await using var workers = await StartAsync("http://127.0.0.1:1");
        var agent = Show(workers, Given.Counter);

        // Heartbeats go on: the announcer works, and has nothing to say of a site.
        await KeptAsync(11998, agent, _ => true);
        await KeptAsync(11998, agent, _ => true, after: 1);

        Assert.DoesNotContain(_relay.Kept, one => one.Kind is 15128 or 34128 or 10063);
    }

    [Fact]
    public async Task A_version_is_released_once_and_listed_where_the_store_is()
    {
        await using (var workers = await StartAsync(_blossom.Url))
        {
            var agent = Show(workers, Given.Counter);
            var snapshot = await KeptAsync(5128, agent, _ => true);
            var asset = await KeptAsync(3063, agent, _ => true);
            var release = await KeptAsync(30063, agent, _ => true);
            var app = await KeptAsync(32267, agent, _ => true);

            Assert.Equal($"15128:{agent}:", snapshot.Tag("a"));
            Assert.Equal(asset.Id, release.Tag("e"));
            Assert.Equal($"{app.Tag("d")}@0.1.0", release.Tag("d"));
            Assert.Equal("0.1.0", asset.Tag("version"));
            var page = await Http.GetAsync(new Uri(asset.Tag("url")!), Ct);
            Assert.Equal(asset.Tag("size"), $"{page.Content.Headers.ContentLength}");

            Show(workers, Given.Counter with { Version = "0.2.0" });
            await KeptAsync(30063, agent, one => one.Tag("version") == "0.2.0");
            await KeptAsync(3063, agent, one => one.Tag("version") == "0.2.0");
        }

        await using var again = await StartAsync(_blossom.Url);
        var same = Show(again, Given.Counter with { Version = "0.2.0", Record = StorefrontRecord.None });
        await KeptAsync(15128, same, _ => true, after: 2);

        var assets = _relay.Kept.Where(one => one.Kind == 3063 && one.Pubkey == same).DistinctBy(one => one.Id);
        Assert.Equal(["0.1.0", "0.2.0"], assets.Select(one => one.Tag("version")).Order());
    }

    Task<Workers> StartAsync(string server) => Workers.StartAsync(
        _postgres, [_relay.Url], [],
        new()
        {
            ["Market:MasterKey"] = new('a', 64),
            ["BlossomClient:Servers:0"] = server,
            ["Fetch:AllowedEndpoints:0"] = new Uri(server).Authority,
            ["Nsite:CheckEvery"] = "00:00:00.100",
            ["RelayWorkers:HeartbeatLife"] = "00:00:03",
            ["relays:0:roles:2"] = "zapstore",
        },
        services => services.AddSingleton<StorefrontSource>(_ =>
            Task.FromResult<IReadOnlyList<AgentStorefrontData>>([.. _shown.Values])),
        house =>
        {
            house.AddMarket();
            house.AddDvm();
            house.AddNsite();
        });

    /// <summary>The data as that of an agent that there is; its key.</summary>
    string Show(Workers workers, AgentStorefrontData data)
    {
        var agent = workers.Services.GetRequiredService<AgentDirectory>().All.Single(one => one.Slug == data.Slug);
        _shown[agent.Pubkey] = data with { Pubkey = agent.Pubkey };
        return agent.Pubkey;
    }

    /// <summary>What the relay keeps of it, waited for; after so many distinct ones.</summary>
    async Task<NostrEvent> KeptAsync(int kind, string author, Func<NostrEvent, bool> wanted, int after = 0)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var found = _relay.Kept.Where(one => one.Kind == kind && one.Pubkey == author && wanted(one))
                .DistinctBy(one => one.Id).ElementAtOrDefault(after);
            if (found is not null) return found;
            await Task.Delay(20, late.Token);
        }
    }
}
