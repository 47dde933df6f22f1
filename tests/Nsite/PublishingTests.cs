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
        // What is free needs no invoice: its code to scan goes with the job that had a price.
        Assert.Equal(
            [$"34128:{agent}:/job-5001.json", $"34128:{agent}:/lightning.svg"],
            deletion.TagsNamed("a").Select(tag => tag[1]).Order(StringComparer.Ordinal));
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

    /// <summary>
    /// What a Zapstore client does (zapstore-cli: the application by d and f, its newest release by author and i, of
    /// that the asset by id and f, then the bytes by their hash) over what its relay takes (zapstore/relay dc48e9f:
    /// kinds, and a blob that is there).
    /// </summary>
    [Fact]
    public async Task A_zapstore_reader_finds_installs_and_updates_it_on_the_relay_with_that_role_alone()
    {
        await using var store = await FakeRelay.StartAsync();
        await using var workers = await StartAsync([_blossom.Url], store.Url);
        var agent = Show(workers, Given.Counter with { Version = "0.9.0" });
        await KeptAsync(30063, agent, one => one.Tag("version") == "0.9.0", on: store);
        Show(workers, Given.Counter with { Version = "0.10.0" });
        await KeptAsync(30063, agent, one => one.Tag("version") == "0.10.0", on: store);
        await KeptAsync(3063, agent, one => one.Tag("version") == "0.10.0", on: store);

        var app = await KeptAsync(32267, agent, one => one.Tag("f") == "web", on: store);
        var release = store.Kept
            .Where(one => one.Kind == 30063 && one.Pubkey == app.Pubkey && one.Tag("i") == app.Tag("d"))
            .MaxBy(one => Version.Parse(one.Tag("version")!))!;
        var asset = Assert.Single(
            store.Kept.DistinctBy(one => one.Id),
            one => one.Kind == 3063 && one.Id == release.Tag("e") && one.Tag("f") == "web");

        Assert.Equal("0.10.0", release.Tag("version"));
        Assert.Equal(release.Tag("i"), asset.Tag("i"));
        Assert.Equal(release.Tag("version"), asset.Tag("version"));
        var bytes = await Http.GetByteArrayAsync(new Uri(asset.Tag("url")!), Ct);
        Assert.Equal(asset.Tag("x"), BlossomPeer.Hash(bytes));
        var icon = await Http.GetByteArrayAsync(new Uri(app.Tag("icon")!), Ct);
        Assert.Contains(BlossomPeer.Hash(icon), app.Tag("icon"), StringComparison.Ordinal);
        int[] ofTheStore = [32267, 3063, 30063, 1063];
        Assert.DoesNotContain(_relay.Kept, one => ofTheStore.Contains(one.Kind));
        Assert.Contains(_relay.Kept, one => one.Kind == 15128);
    }

    [Fact]
    public async Task A_server_that_is_down_keeps_nothing_back_and_has_it_all_once_it_is_up()
    {
        await using var second = await SlowToRise.StartAsync();
        await using var workers = await StartAsync([_blossom.Url, second.Url]);
        var agent = Show(workers, Given.Counter);

        var first = await KeptAsync(15128, agent, _ => true);
        Assert.Equal([_blossom.Url], first.TagsNamed("server").Select(tag => tag[1]));
        Assert.True(second.Refused > 0);
        second.Rise();
        var later = await KeptAsync(15128, agent, one => one.TagsNamed("server").Count() == 2);

        Assert.Equal([_blossom.Url, second.Url], later.TagsNamed("server").Select(tag => tag[1]));
        Assert.Equal(first.Tag("x"), later.Tag("x"));
        Assert.True(later.CreatedAt > first.CreatedAt);
        Assert.All(Nip5AWords.Files(later), file => Assert.Contains(file.Sha256, second.Kept));
        var list = await KeptAsync(10063, agent, _ => true);
        Assert.Equal([_blossom.Url, second.Url], list.TagsNamed("server").Select(tag => tag[1]));
    }

    Task<Workers> StartAsync(string server) => StartAsync([server]);

    /// <param name="servers">Blossom servers.</param>
    /// <param name="store">The one relay for Zapstore; the other has that role too unless it is given.</param>
    Task<Workers> StartAsync(string[] servers, string? store = null) => Workers.StartAsync(
        _postgres, store is null ? [_relay.Url] : [_relay.Url, store], [],
        new(servers.SelectMany((server, i) => new[]
        {
            KeyValuePair.Create<string, string?>($"BlossomClient:Servers:{i}", server),
            KeyValuePair.Create<string, string?>($"Fetch:AllowedEndpoints:{i}", new Uri(server).Authority),
        }))
        {
            ["Market:MasterKey"] = new('a', 64),
            ["Nsite:CheckEvery"] = "00:00:00.100",
            ["Nsite:RetryEvery"] = "00:00:00.200",
            ["RelayWorkers:HeartbeatLife"] = "00:00:03",
            [store is null ? "relays:0:roles:2" : "relays:1:roles:0"] = "zapstore",
            [store is null ? "relays:0:roles:0" : "relays:1:roles:1"] = store is null ? "jobs" : "zapstore",
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
    async Task<NostrEvent> KeptAsync(
        int kind, string author, Func<NostrEvent, bool> wanted, int after = 0, FakeRelay? on = null)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        late.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var found = (on ?? _relay).Kept.Where(one => one.Kind == kind && one.Pubkey == author && wanted(one))
                .DistinctBy(one => one.Id).ElementAtOrDefault(after);
            if (found is not null) return found;
            await Task.Delay(20, late.Token);
        }
    }
}
