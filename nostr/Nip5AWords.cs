using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr;

/// <summary>
/// Sites on Nostr (NIP-5A): manifests that map paths to blobs, and the host labels that name them. A root site is one
/// per key (15128), a named one has a <c>d</c> (35128), a snapshot stays as it is (5128), and 34128 is the older form,
/// one event a file.
/// </summary>
public static class Nip5AWords
{
    public const int RootSite = 15_128;
    public const int NamedSite = 35_128;
    public const int Snapshot = 5_128;
    public const int LegacyFile = 34_128;

    /// <summary>32 bytes in base 36, padded: a label's length alone says what it is.</summary>
    const int Base36Chars = 50;
    const int NameCharsMax = 13;
    const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    static readonly SearchValues<char> NameChars = SearchValues.Create(Digits + "-");

    /// <summary>One hash for a whole site: SHA-256 over the sorted lines <c>sha256 path\n</c>.</summary>
    public static string AggregateHash(IEnumerable<SiteFile> files)
    {
        var lines = files.Select(file => $"{file.Sha256} {file.Path}\n").Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    /// <summary>The sound path tags of a manifest. Of a path that stands twice, the first counts.</summary>
    public static IReadOnlyList<SiteFile> Files(NostrEvent manifest) =>
    [
        .. manifest.Tags
            .Where(tag => tag is ["path", ['/', ..], _, ..] && Hex.Is32(tag[2]))
            .Select(tag => new SiteFile(tag[1], tag[2]))
            .DistinctBy(file => file.Path),
    ];

    /// <summary>The file of a legacy event, or null.</summary>
    public static SiteFile? FileOf(NostrEvent legacy) =>
        legacy.Kind == LegacyFile && legacy.Tag("d") is ['/', ..] path && legacy.Tag("x") is { } sha256
        && Hex.Is32(sha256)
            ? new(path, sha256)
            : null;

    /// <summary>The tags of a root site's manifest.</summary>
    public static string[][] ManifestTags(Site site) =>
    [
        .. PathTags(site.Files),
        ["x", AggregateHash(site.Files), "aggregate"],
        .. site.Servers.Select(server => new[] { "server", server }),
        ["title", site.Title],
        ["description", site.Description],
        .. site.Source is { } source ? [["source", source]] : Array.Empty<string[]>(),
    ];

    /// <summary>A root site as it stands: this event stays when the manifest moves on.</summary>
    public static EventTemplate SnapshotOf(Site site, string pubkey, long createdAt) =>
        new(Snapshot, createdAt, [["a", $"{RootSite}:{pubkey}:"], .. ManifestTags(site)], "");

    /// <summary>The tags of one file in the older form.</summary>
    public static string[][] LegacyTags(SiteFile file) => [["d", file.Path], ["x", file.Sha256]];

    /// <summary>1 to 13 of a–z, 0–9 and dash, the last of them no dash.</summary>
    public static bool IsSiteName(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= NameCharsMax && name[^1] != '-'
        && !name.ContainsAnyExcept(NameChars);

    public static string RootLabel(string pubkey) => Nip19Words.Npub(pubkey);

    public static string NamedLabel(string pubkey, string name) => Base36(pubkey) + name;

    public static string SnapshotLabel(string eventId) => "v" + Base36(eventId);

    /// <summary>
    /// What the left-most label of a host names (NIP-5A §Address Formats), or null. Labels are lower case.
    /// </summary>
    public static SiteAddress? ReadLabel(string label)
    {
        if (label.StartsWith("npub1", StringComparison.Ordinal) && Nip19Words.TryRead(label) is NostrEntity.Profile one)
        {
            return new SiteAddress.Root(one.Pubkey);
        }

        if (label.Length == Base36Chars + 1 && label[0] == 'v')
        {
            return FromBase36(label.AsSpan(1)) is { } id ? new SiteAddress.AsItStood(id) : null;
        }

        return label.Length > Base36Chars && IsSiteName(label.AsSpan(Base36Chars))
            && FromBase36(label.AsSpan(0, Base36Chars)) is { } pubkey
                ? new SiteAddress.Named(pubkey, label[Base36Chars..])
                : null;
    }

    static IEnumerable<string[]> PathTags(IEnumerable<SiteFile> files) => files
        .OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => new[] { "path", file.Path, file.Sha256 });

    static string Base36(string hex32)
    {
        var left = new BigInteger(Convert.FromHexString(hex32), isUnsigned: true, isBigEndian: true);
        Span<char> digits = stackalloc char[Base36Chars];
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            left = BigInteger.DivRem(left, 36, out var digit);
            digits[i] = Digits[(int)digit];
        }

        return new(digits);
    }

    static string? FromBase36(ReadOnlySpan<char> text)
    {
        var value = BigInteger.Zero;
        foreach (var c in text)
        {
            var digit = Digits.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0) return null;
            value = (value * 36) + digit;
        }

        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return bytes.Length <= 32 ? Convert.ToHexStringLower(bytes).PadLeft(64, '0') : null;
    }
}

/// <param name="Path">Absolute: it begins with a slash.</param>
/// <param name="Sha256">Of the file's bytes.</param>
public sealed record SiteFile(string Path, string Sha256);

/// <summary>What a manifest says.</summary>
/// <param name="Title">For people.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Files">Each path once.</param>
/// <param name="Servers">Blossom servers that hold them.</param>
/// <param name="Source">Where the site's code is, or null.</param>
public sealed record Site(
    string Title, string Description, IReadOnlyList<SiteFile> Files, IReadOnlyList<string> Servers,
    string? Source = null);

/// <summary>What a host label names.</summary>
public abstract record SiteAddress
{
    public sealed record Root(string Pubkey) : SiteAddress;

    public sealed record Named(string Pubkey, string Name) : SiteAddress;

    /// <summary>A snapshot, by its event id.</summary>
    public sealed record AsItStood(string EventId) : SiteAddress;
}
