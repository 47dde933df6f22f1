using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.RelayWorkers;

[Suite("slice")]
public sealed class AnnouncerTests(Postgres postgres) : IClassFixture<Postgres>, IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly SecretKey _key = SecretKey.Generate();

    [Fact]
    public async Task A_profile_stands_with_a_relay_list_and_a_heartbeat_and_every_change_is_newer()
    {
        await using var relay = await FakeRelay.StartAsync();
        var source = new Saying(new OwnSigner(_key)) { About = "one" };
        await using (await StartAsync(relay, source))
        {
            await SaidAsync(relay, 0, "one");
            var list = await SaidAsync(relay, 10_002, "");
            Assert.Equal(["r", relay.Url], Assert.Single(list.Tags));
            var beat = await SaidAsync(relay, 11_998, "");
            Assert.True(long.Parse(beat.Tag("expiration")!, CultureInfo.InvariantCulture) > beat.CreatedAt);
            source.About = "two";
            await SaidAsync(relay, 0, "two");
        }

        source.About = "three";
        await using (await StartAsync(relay, source))
        {
            await SaidAsync(relay, 0, "three");
        }

        var profiles = relay.Kept.Where(one => one.Kind == 0).ToList();
        Assert.Equal(["one", "two", "three"], profiles.Select(one => one.Content));
        Assert.Equal(3, profiles.Select(one => one.CreatedAt).Distinct().Count());
        Assert.Equal(profiles.Select(one => one.CreatedAt).Order(), profiles.Select(one => one.CreatedAt));
        Assert.Single(relay.Kept, one => one.Kind == 10_002);
    }

    [Fact]
    public async Task A_new_database_does_not_announce_behind_what_relays_keep()
    {
        await using var relay = await FakeRelay.StartAsync();
        var ahead = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 500;
        relay.Add(_key.Sign(new(0, ahead, [], "from before the loss")));
        await using var workers = await StartAsync(relay, new Saying(new OwnSigner(_key)) { About = "after" });

        var said = await SaidAsync(relay, 0, "after");

        Assert.Equal(ahead + 1, said.CreatedAt);
    }

    [Fact]
    public async Task A_relay_that_joins_is_told_everything_at_once()
    {
        await using var first = await FakeRelay.StartAsync();
        await using var second = await FakeRelay.StartAsync();
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "relays.json");
        await File.WriteAllTextAsync(file, RelaysJson(first.Url), Ct);
        await using var workers = await Workers.StartAsync(
            postgres, [], [], relaysFile: file,
            more: services => services.AddSingleton<IAnnouncementSource>(
                new Saying(new OwnSigner(_key)) { About = "here" }));
        await SaidAsync(first, 0, "here");

        await File.WriteAllTextAsync(file, RelaysJson(first.Url, second.Url), Ct);

        await SaidAsync(second, 0, "here");
        await SaidAsync(second, 11_998, "");
    }

    public void Dispose() => _key.Dispose();

    static readonly string[] Roles = ["jobs", "announce"];

    static string RelaysJson(params string[] urls) =>
        JsonSerializer.Serialize(new { relays = urls.Select(url => new { url, roles = Roles }) });

    Task<Workers> StartAsync(FakeRelay relay, Saying source) => Workers.StartAsync(
        postgres, [relay.Url], [], more: services => services.AddSingleton<IAnnouncementSource>(source));

    static async Task<NostrEvent> SaidAsync(FakeRelay relay, int kind, string content)
    {
        while (true)
        {
            if (relay.Kept.FirstOrDefault(one => one.Kind == kind && one.Content == content) is { } said) return said;
            await Task.Delay(5, Ct);
        }
    }

    sealed class Saying(ISigner signer) : IAnnouncementSource
    {
        public required string About { get; set; }

        public Task<IReadOnlyList<Announcement>> AnnouncementsAsync(CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<Announcement>>([new(signer, 0, [], About)]);
    }
}
