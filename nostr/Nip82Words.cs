using System.Globalization;

namespace PoA.Nostr;

/// <summary>
/// Software (NIP-82, a draft that Zapstore uses): 32267 an application, 3063 an asset, 30063 a release that names its
/// assets, and 1063 (NIP-94) for older readers. Tags that are singular never repeat: the store's relay refuses that.
/// </summary>
public static class Nip82Words
{
    public const int App = 32_267;
    public const int Asset = 3_063;
    public const int Release = 30_063;
    public const int LegacyFile = 1_063;

    /// <summary>The platform of what runs in a browser.</summary>
    public const string Web = "web";

    const string Channel = "main";

    /// <summary>The tags of an application; its content is the description.</summary>
    public static string[][] AppTags(SoftwareApp app) =>
    [
        ["d", app.Id],
        ["name", app.Name],
        ["summary", app.Summary],
        .. One("icon", app.IconUrl),
        .. One("repository", app.RepositoryUrl),
        .. One("license", app.License),
        .. app.Topics.Select(topic => new[] { "t", topic }),
        ["f", app.Platform],
    ];

    /// <summary>One asset: an event for ever. Clients compare its first <c>f</c> only, so there is one.</summary>
    public static EventTemplate AssetOf(SoftwareApp app, SoftwareAsset asset, long createdAt) => new(
        Asset, createdAt,
        [
            ["i", app.Id],
            ["x", asset.Sha256],
            ["version", asset.Version],
            ["f", app.Platform],
            ["m", asset.MediaType],
            ["size", Number(asset.Size)],
            .. asset.Urls.Select(url => new[] { "url", url }),
        ],
        "");

    /// <summary>The tags of a release; its content is the notes.</summary>
    public static string[][] ReleaseTags(SoftwareApp app, string version, string assetId) =>
    [
        ["d", $"{app.Id}@{version}"],
        ["i", app.Id],
        ["version", version],
        ["c", Channel],
        ["e", assetId],
    ];

    public static EventTemplate LegacyFileOf(SoftwareApp app, SoftwareAsset asset, long createdAt) => new(
        LegacyFile, createdAt,
        [
            .. asset.Urls.Take(1).Select(url => new[] { "url", url }),
            ["m", asset.MediaType],
            ["x", asset.Sha256],
            ["size", Number(asset.Size)],
            ["version", asset.Version],
            ["f", app.Platform],
            ["alt", $"{app.Name} {asset.Version}"],
        ],
        app.Name);

    static string[][] One(string name, string? value) => string.IsNullOrEmpty(value) ? [] : [[name, value]];

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Id">Stable for ever, and one publisher's: in the store two keys cannot share one.</param>
/// <param name="Name">For people.</param>
/// <param name="Summary">A sentence, without Markdown.</param>
/// <param name="Platform">A word of NIP-82 §Appendix A.</param>
/// <param name="Topics">Words to be found by.</param>
/// <param name="IconUrl">Or null.</param>
/// <param name="RepositoryUrl">Or null.</param>
/// <param name="License">SPDX id, or null.</param>
public sealed record SoftwareApp(
    string Id, string Name, string Summary, string Platform, IReadOnlyList<string> Topics, string? IconUrl,
    string? RepositoryUrl, string? License);

/// <param name="Version">Of the release.</param>
/// <param name="Sha256">Of the bytes.</param>
/// <param name="Size">In bytes.</param>
/// <param name="MediaType">Such as <c>text/html</c>.</param>
/// <param name="Urls">Where it can be fetched: it must be there before this is published.</param>
public sealed record SoftwareAsset(
    string Version, string Sha256, long Size, string MediaType, IReadOnlyList<string> Urls);
