using System.Globalization;

namespace PoA.Nostr.Nsite.Zapstore;

/// <summary>
/// A listing in Zapstore (NIP-82 draft): 32267 the app, 3063 an asset, 30063 a release that names its assets, and 1063
/// for older readers. Singular tags never repeat: the store's relay refuses that.
/// </summary>
public static class ZapstoreEvents
{
    public const int App = 32_267;
    public const int Asset = 3_063;
    public const int Release = 30_063;
    public const int LegacyFile = 1_063;

    /// <summary>The platform words that the store knows.</summary>
    public static readonly IReadOnlyList<string> Platforms =
    [
        "android-arm64-v8a", "android-armeabi-v7a", "android-x86", "android-x86_64", "darwin-arm64", "darwin-x86_64",
        "linux-aarch64", "linux-x86_64", "linux-armv7l", "linux-riscv64", "windows-aarch64", "windows-x86_64",
        "ios-arm64", "web",
    ];

    public static EventTemplate AppOf(ZapstoreListing listing, long createdAt) => new(App, createdAt,
        [
            ["d", listing.AppId],
            ["name", listing.Name],
            ["summary", listing.Summary],
            .. One("icon", listing.IconUrl),
            .. One("url", listing.WebUrl),
            .. One("repository", listing.RepositoryUrl),
            .. One("license", listing.License),
            .. listing.Topics.Select(topic => new[] { "t", topic }),
            .. listing.Assets.Select(asset => asset.Platform).Distinct().Select(platform => new[] { "f", platform }),
        ],
        listing.Description);

    /// <summary>One asset; the platform it is for stands first among its f tags, which is the one clients compare.</summary>
    public static EventTemplate AssetOf(ZapstoreListing listing, ZapstoreAsset asset, long createdAt) => new(Asset, createdAt,
        [
            ["i", listing.AppId],
            ["x", asset.Sha256],
            ["version", listing.Version],
            ["f", asset.Platform],
            ["m", asset.MediaType],
            ["size", asset.Size.ToString(CultureInfo.InvariantCulture)],
            .. asset.Urls.Select(url => new[] { "url", url }),
        ],
        "");

    /// <param name="listing">Whose release it is.</param>
    /// <param name="assetIds">The ids of the signed assets, which are published with it.</param>
    /// <param name="createdAt">Unix seconds.</param>
    public static EventTemplate ReleaseOf(ZapstoreListing listing, IEnumerable<string> assetIds, long createdAt) => new(Release, createdAt,
        [
            ["d", $"{listing.AppId}@{listing.Version}"],
            ["i", listing.AppId],
            ["version", listing.Version],
            ["c", "main"],
            .. assetIds.Select(id => new[] { "e", id }),
        ],
        listing.ReleaseNotes);

    public static EventTemplate LegacyFileOf(ZapstoreListing listing, ZapstoreAsset asset, long createdAt) => new(LegacyFile, createdAt,
        [
            .. asset.Urls.Take(1).Select(url => new[] { "url", url }),
            ["m", asset.MediaType],
            ["x", asset.Sha256],
            ["size", asset.Size.ToString(CultureInfo.InvariantCulture)],
            ["version", listing.Version],
            ["f", asset.Platform],
            ["alt", $"{listing.Name} {listing.Version}"],
        ],
        listing.Name);

    /// <summary>
    /// zapstore.yaml at the root of the repository: its pubkey is what lets the store accept events of this key.
    /// </summary>
    public static string Yaml(ZapstoreListing listing, string pubkey) => $"""
        # Zapstore reads this file to check that the listing's publisher speaks for this repository.
        identifier: {listing.AppId}
        name: {Quoted(listing.Name)}
        summary: {Quoted(listing.Summary)}
        repository: {Quoted(listing.RepositoryUrl ?? "")}
        license: {Quoted(listing.License ?? "")}
        pubkey: {Nip19Words.EncodeNpub(pubkey)}

        """;

    static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"";

    static IEnumerable<string[]> One(string name, string? value) => string.IsNullOrEmpty(value) ? [] : [[name, value]];
}

/// <param name="AppId">Stable for ever, one publisher per id.</param>
/// <param name="Version">As the agent's version says.</param>
public sealed record ZapstoreListing(
    string AppId, string Name, string Summary, string Description, string Version, string ReleaseNotes, string? IconUrl,
    string? WebUrl, string? RepositoryUrl, string? License, IReadOnlyList<string> Topics, IReadOnlyList<ZapstoreAsset> Assets);

/// <param name="Platform">One of <see cref="ZapstoreEvents.Platforms"/>.</param>
public sealed record ZapstoreAsset(string Platform, string Sha256, long Size, string MediaType, IReadOnlyList<string> Urls);
