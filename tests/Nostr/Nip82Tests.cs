namespace PoA.Nostr.Tests.Nostr;

/// <summary>
/// The rules that the store's relay checks (zapstore/relay dc48e9f, pkg/events: app.go, asset.go, release.go), written
/// down here anew.
/// </summary>
public class Nip82Tests
{
    /// <summary>app.go: those that may stand at most once.</summary>
    static readonly string[] Singular = ["d", "name", "summary", "icon", "repository", "license", "i", "version", "x"];

    static readonly SoftwareApp App = new(
        "nostr.poa.counter.26681 5e0", "Counter", "Counts events.", Nip82Words.Web, ["agent", "5400"],
        "https://b.example/icon.svg", "https://code.example/counter", "MIT");

    static readonly SoftwareAsset Asset = new(
        "0.1.0", new('a', 64), 1_234, "text/html", ["https://b.example/a.html", "https://c.example/a.html"]);

    [Fact]
    public void An_application_has_what_the_store_demands()
    {
        var tags = Nip82Words.AppTags(App);

        AssertSingular(tags);
        Assert.Equal([App.Id], Values(tags, "d"));
        Assert.Equal(["Counter"], Values(tags, "name"));
        Assert.Equal(["web"], Values(tags, "f"));
        Assert.Equal(["https://code.example/counter"], Values(tags, "repository"));
        Assert.Equal(["agent", "5400"], Values(tags, "t"));
    }

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        var tags = Nip82Words.AppTags(App with { IconUrl = null, RepositoryUrl = "", License = null });

        Assert.DoesNotContain(tags, tag => tag[0] is "icon" or "repository" or "license");
    }

    [Fact]
    public void An_asset_names_its_bytes_its_version_and_one_platform()
    {
        var asset = Nip82Words.AssetOf(App, Asset, 5);

        Assert.Equal((3063, "", 5L), (asset.Kind, asset.Content, asset.CreatedAt));
        AssertSingular(asset.Tags);
        Assert.Equal([App.Id], Values(asset.Tags, "i"));
        Assert.Equal([Asset.Sha256], Values(asset.Tags, "x"));
        Assert.Equal(["0.1.0"], Values(asset.Tags, "version"));
        Assert.Equal(["web"], Values(asset.Tags, "f"));
        Assert.Equal(["1234"], Values(asset.Tags, "size"));
        Assert.Equal(Asset.Urls, Values(asset.Tags, "url"));
    }

    [Fact]
    public void A_release_joins_application_and_version_and_names_its_asset()
    {
        var tags = Nip82Words.ReleaseTags(App, "0.1.0", new('b', 64));

        AssertSingular(tags);
        Assert.Equal([$"{Values(tags, "i").Single()}@{Values(tags, "version").Single()}"], Values(tags, "d"));
        Assert.Equal(["main"], Values(tags, "c"));
        Assert.All(Values(tags, "e"), id => Assert.True(Hex.Is32(id)));
    }

    [Fact]
    public void Older_readers_get_the_file_as_nip_94_has_it()
    {
        var file = Nip82Words.LegacyFileOf(App, Asset, 5);

        Assert.Equal((1063, "Counter"), (file.Kind, file.Content));
        Assert.Equal([Asset.Urls[0]], Values(file.Tags, "url"));
        Assert.Equal(["text/html"], Values(file.Tags, "m"));
        Assert.Equal([Asset.Sha256], Values(file.Tags, "x"));
    }

    static void AssertSingular(string[][] tags) => Assert.All(
        Singular, name => Assert.InRange(tags.Count(tag => tag[0] == name), 0, 1));

    static IEnumerable<string> Values(string[][] tags, string name) =>
        tags.Where(tag => tag[0] == name).Select(tag => tag[1]);
}
