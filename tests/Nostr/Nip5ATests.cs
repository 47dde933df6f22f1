using System.Diagnostics;

namespace PoA.Nostr.Tests.Nostr;

public class Nip5ATests
{
    const string Author = "266815e0c9210dfa324c6cba3573b14bee49da4209a9456f9484e5106cd408a5";
    const string Low = "0000000000000000000000000000000000000000000000000000000000000001";
    const string High = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    /// <summary>The two files of the NIP's §Aggregate Hash, and one more.</summary>
    static readonly SiteFile[] Example =
    [
        new("/index.html", "186ea5fd14e88fd1ac49351759e7ab906fa94892002b60bf7f5a428f28ca1c99"),
        new("/favicon.ico", "fedcba0987654321fedcba0987654321fedcba0987654321fedcba0987654321"),
        new("/about.html", "a1b2c3d4e5f6789012345678901234567890abcdef1234567890abcdef123456"),
    ];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The NIP's own line, from <c>sort | sha256sum</c> on, over a manifest of ours.</summary>
    [Fact]
    public async Task The_aggregate_hash_is_what_the_shell_line_of_the_nip_gives()
    {
        var tags = Nip5AWords.ManifestTags(new("A site", "of three files", Example, ["http://127.0.0.1:1"]));
        var lines = tags.Where(tag => tag[0] == "path").Select(tag => $"{tag[2]} {tag[1]}\n");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "sort | sha256sum"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["LC_ALL"] = "C";
        using var shell = Process.Start(start)!;

        await shell.StandardInput.WriteAsync(string.Concat(lines));
        shell.StandardInput.Close();
        var printed = await shell.StandardOutput.ReadToEndAsync(Ct);

        Assert.Equal(printed.Split(' ')[0], Nip5AWords.AggregateHash(Example));
        Assert.Contains(tags, tag => tag is ["x", var hash, "aggregate"] && printed.StartsWith(hash, default));
    }

    [Fact]
    public void The_aggregate_hash_does_not_depend_on_the_order()
    {
        Assert.Equal("c2ff582b672a4c689c5e1753528f03dd31b95ec1fdcc3d82d25e7d91e8769638",
            Nip5AWords.AggregateHash(Example[..2]));
        Assert.Equal(Nip5AWords.AggregateHash(Example), Nip5AWords.AggregateHash(Example.Reverse()));
    }

    [Fact]
    public void A_manifest_has_no_d_and_is_read_back_as_it_was_written()
    {
        string[] servers = ["https://a.example", "https://b.example"];
        var site = new Site("Title", "Words", Example, servers, "https://code.example");
        using var key = SecretKey.Generate();
        var manifest = key.Sign(new(Nip5AWords.RootSite, 5, Nip5AWords.ManifestTags(site), ""));

        Assert.False(manifest.HasTag("d"));
        Assert.Equal(Example.OrderBy(file => file.Path, StringComparer.Ordinal), Nip5AWords.Files(manifest));
        Assert.Equal(servers, manifest.TagsNamed("server").Select(tag => tag[1]));
        Assert.Equal("https://code.example", manifest.Tag("source"));
    }

    [Fact]
    public void A_snapshot_names_its_site_once_and_copies_its_paths_and_hash()
    {
        var site = new Site("Title", "Words", Example, []);

        var snapshot = Nip5AWords.SnapshotOf(site, Author, 7);

        Assert.Equal(5128, snapshot.Kind);
        Assert.Equal([["a", $"15128:{Author}:"]], snapshot.Tags.Where(tag => tag[0] == "a"));
        Assert.Equal(
            [["x", Nip5AWords.AggregateHash(Example), "aggregate"]], snapshot.Tags.Where(tag => tag[0] == "x"));
        Assert.Equal(3, snapshot.Tags.Count(tag => tag[0] == "path"));
    }

    [Fact]
    public void Unsound_paths_of_strangers_are_left_out()
    {
        string[][] tags =
        [
            ["path", "/a", Low], ["path", "/a", High], ["path", "b", Low], ["path", "/c"], ["path", "/d", "junk"],
            ["path", "", Low], ["path", "/e", Low.ToUpperInvariant()[..63] + "F"], ["path"], [], ["x", Low],
        ];
        using var key = SecretKey.Generate();

        Assert.Equal([new("/a", Low)], Nip5AWords.Files(key.Sign(new(Nip5AWords.RootSite, 5, tags, ""))));
    }

    [Theory]
    [InlineData("/index.html", Low, true)]
    [InlineData("index.html", Low, false)]
    [InlineData("/index.html", "00", false)]
    public void A_legacy_event_is_one_file(string path, string sha256, bool isFile)
    {
        using var key = SecretKey.Generate();
        var written = key.Sign(new(Nip5AWords.LegacyFile, 5, Nip5AWords.LegacyTags(new(path, sha256)), ""));

        Assert.Equal(isFile ? new(path, sha256) : null, Nip5AWords.FileOf(written));
    }

    /// <summary>Base 36 by Python's integers; the npub is of the NIP's own example.</summary>
    [Theory]
    [InlineData(Author, "0ygl461f4ecz5thkn8eksa36nepjpij86s83ti8yzokopd3ag5")]
    [InlineData(Low, "00000000000000000000000000000000000000000000000001")]
    [InlineData(High, "6dp5qcb22im238nr3wvp0ic7q99w035jmy2iw7i6n43d37jtof")]
    [InlineData("9f8e7d6c5b4a39281716151413121110ffeeddccbbaa99887766554433221100",
        "3z5wh4ssvvhk5k4eqpm7wz1l8oo0tei4deb4dbrr5nmdoiiccg")]
    public void Labels_are_base_36_of_fifty_digits_and_come_back(string hex, string base36)
    {
        Assert.Equal(base36 + "blog", Nip5AWords.NamedLabel(hex, "blog"));
        Assert.Equal("v" + base36, Nip5AWords.SnapshotLabel(hex));
        Assert.Equal(new SiteAddress.Named(hex, "blog"), Nip5AWords.ReadLabel(base36 + "blog"));
        Assert.Equal(new SiteAddress.AsItStood(hex), Nip5AWords.ReadLabel("v" + base36));
        Assert.Equal(new SiteAddress.Root(hex), Nip5AWords.ReadLabel(Nip5AWords.RootLabel(hex)));
    }

    [Fact]
    public void The_npub_of_the_nips_example_is_a_root_site()
    {
        var label = "npub10phxfsms72rhafrklqdyhempujs9h67nye0p67qe424dyvcx0dkqgvap0e";

        var root = Assert.IsType<SiteAddress.Root>(Nip5AWords.ReadLabel(label));

        Assert.Equal(label, Nip5AWords.RootLabel(root.Pubkey));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("a-b")]
    [InlineData("-a")]
    [InlineData("abcdefghijklm")]
    public void A_name_of_one_to_thirteen_characters_names_a_site(string name) =>
        Assert.Equal(new SiteAddress.Named(Author, name), Nip5AWords.ReadLabel(Nip5AWords.NamedLabel(Author, name)));

    [Theory]
    [InlineData("")]
    [InlineData("www")]
    [InlineData("localhost")]
    [InlineData("npub1")]
    [InlineData("npub10phxfsms72rhafrklqdyhempujs9h67nye0p67qe424dyvcx0dkqgvap0f")]
    [InlineData("nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4m")]
    [InlineData("0ygl461f4ecz5thkn8eksa36nepjpij86s83ti8yzokopd3ag5")]
    [InlineData("0ygl461f4ecz5thkn8eksa36nepjpij86s83ti8yzokopd3ag5blog-")]
    [InlineData("0ygl461f4ecz5thkn8eksa36nepjpij86s83ti8yzokopd3ag5Blog")]
    [InlineData("0ygl461f4ecz5thkn8eksa36nepjpij86s83ti8yzokopd3ag5a_b")]
    [InlineData("0ygl461f4ecz5thkn8eksa36nepjpij86s83ti8yzokopd3ag5abcdefghijklmn")]
    [InlineData("0ygl461f4ecz5thkn8eksa36nepjpij86s83ti8yzokopd3ag-blog")]
    [InlineData("6dp5qcb22im238nr3wvp0ic7q99w035jmy2iw7i6n43d37jtogblog")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblog")]
    [InlineData("v6dp5qcb22im238nr3wvp0ic7q99w035jmy2iw7i6n43d37jtog")]
    [InlineData("v0ygl461f4ecz5thkn8eksa36nepjpij86s83ti8yzokopd3ag")]
    public void Everything_else_names_no_site(string label) => Assert.Null(Nip5AWords.ReadLabel(label));
}
