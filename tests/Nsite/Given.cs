using PoA.Nostr.Nsite.Storefront;

namespace PoA.Nostr.Tests.Nsite;

/// <summary>Storefronts and sites to test with.</summary>
static class Given
{
    public const string Pubkey = "266815e0c9210dfa324c6cba3573b14bee49da4209a9456f9484e5106cd408a5";

    public static readonly AgentStorefrontData Counter = new(
        "counter", "Counter", "Counts events, exactly.", Pubkey,
        [
            new(5400, "Event count", "How many events match.", Msat.Zero, TimeSpan.FromSeconds(30), true,
                [new("group", "By what to group.", false, ["pubkey", "content"])],
                new([new("""{"kinds":[1]}""", JobInputType.Text)], [new("group", ["pubkey"])], null, [], null)),
            new(5001, "Summary", "A text, shorter.", Msat.FromSat(21), TimeSpan.FromMinutes(5), false, [],
                new([new("A <b>text</b> with \"quotes\" & more.", JobInputType.Text)], [], null, [], null)),
        ],
        new(1_234, 1_200, 30, 4), ["wss://relay.example"], "0.1.0")
    {
        LightningAddress = "counter@pay.example",
        AcceptWithin = TimeSpan.FromHours(24),
        SourceUrl = "https://code.example/counter",
        License = "MIT",
    };

    public static IReadOnlyList<AgentStorefrontData> Storefronts => [Counter];

    /// <summary>A manifest of a root site, or of a named one.</summary>
    public static NostrEvent Manifest(
        SecretKey key, IEnumerable<SiteFile> files, IEnumerable<string> servers, string? name = null,
        long createdAt = 1_700_000_000)
    {
        var tags = Nip5AWords.ManifestTags(new("A site", "of a test", [.. files], [.. servers]));
        return name is null
            ? key.Sign(new(Nip5AWords.RootSite, createdAt, tags, ""))
            : key.Sign(new(Nip5AWords.NamedSite, createdAt, [["d", name], .. tags], ""));
    }
}
