using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr;

/// <summary>
/// Sites on Nostr (NIP-5A): manifests that map paths to blobs, and the host labels that name them. Kinds: 15128 the
/// root site of a key, 35128 a named one, 5128 a snapshot, 34128 one file in the older form.
/// </summary>
public static class Nip5AWords
{
    public const int RootSite = 15_128;
    public const int NamedSite = 35_128;
    public const int Snapshot = 5_128;
    public const int LegacyFile = 34_128;

    /// <summary>32 bytes as base 36, padded, so that a label's length alone says what it is.</summary>
    const int Base36Chars = 50;
    const int NameCharsMax = 13;
    const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>SHA-256 over the sorted lines "&lt;sha256&gt; &lt;path&gt;\n": one hash for a whole site.</summary>
    public static string AggregateHash(IEnumerable<SiteFile> files)
    {
        var lines = files.Select(file => $"{file.Sha256} {file.Path}\n").Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    /// <summary>The path tags of a manifest that are sound; a site with a path twice keeps the first.</summary>
    public static IReadOnlyList<SiteFile> Files(NostrEvent manifest) =>
    [
        .. manifest.Tags
            .Where(tag => tag is ["path", ['/', ..], _, ..] && Hex.Is32(tag[2]))
            .Select(tag => new SiteFile(tag[1], tag[2]))
            .DistinctBy(file => file.Path),
    ];

    /// <summary>A root manifest; with a name, that of a named site.</summary>
    public static EventTemplate Manifest(Site site, string? name, long createdAt) => new(
        name is null ? RootSite : NamedSite, createdAt,
        [
            .. name is null ? Array.Empty<string[]>() : [["d", name]],
            .. PathTags(site.Files),
            ["x", AggregateHash(site.Files), "aggregate"],
            .. site.Servers.Select(server => new[] { "server", server }),
            ["title", site.Title],
            ["description", site.Description],
        ],
        "");

    /// <summary>A snapshot of a site as it stood: it stays when the manifest moves on.</summary>
    public static EventTemplate SnapshotOf(Site site, string pubkey, string? name, long createdAt) => new(
        Snapshot, createdAt,
        [
            .. PathTags(site.Files),
            ["x", AggregateHash(site.Files), "aggregate"],
            ["a", name is null ? $"{RootSite}:{pubkey}:" : $"{NamedSite}:{pubkey}:{name}"],
            .. site.Servers.Select(server => new[] { "server", server }),
        ],
        "");

    /// <summary>The older form, one event a file, for hosts that know no manifests.</summary>
    public static EventTemplate LegacyFileOf(SiteFile file, long createdAt) =>
        new(LegacyFile, createdAt, [["d", file.Path], ["x", file.Sha256]], "");

    /// <summary>1 to 13 of a–z, 0–9 and dash, without a dash at the end.</summary>
    public static bool IsSiteName(string name) =>
        name.Length is > 0 and <= NameCharsMax && name[^1] != '-'
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    public static string NamedLabel(string pubkey, string name) => Base36(pubkey) + name;

    public static string SnapshotLabel(string eventId) => "v" + Base36(eventId);

    /// <summary>What the left-most label of a host names, or null when it names no site.</summary>
    public static SiteAddress? ParseLabel(string label)
    {
        if (label.StartsWith("npub1", StringComparison.Ordinal))
        {
            return Nip19Words.TryDecodeNpub(label) is { } pubkey ? new(pubkey, null, null) : null;
        }

        if (label.Length == Base36Chars + 1 && label[0] == 'v' && FromBase36(label[1..]) is { } snapshot)
        {
            return new(null, null, snapshot);
        }

        return label.Length > Base36Chars && IsSiteName(label[Base36Chars..]) && FromBase36(label[..Base36Chars]) is { } key
            ? new(key, label[Base36Chars..], null)
            : null;
    }

    static IEnumerable<string[]> PathTags(IEnumerable<SiteFile> files) =>
        files.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => new[] { "path", file.Path, file.Sha256 });

    static string Base36(string hex32)
    {
        var value = new BigInteger(Convert.FromHexString(hex32), isUnsigned: true, isBigEndian: true);
        return string.Create(Base36Chars, value, (to, left) =>
        {
            for (var i = to.Length - 1; i >= 0; i--)
            {
                left = BigInteger.DivRem(left, 36, out var digit);
                to[i] = Digits[(int)digit];
            }
        });
    }

    static string? FromBase36(string text)
    {
        var value = BigInteger.Zero;
        foreach (var c in text)
        {
            var digit = Digits.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0) return null;
            value = (value * 36) + digit;
        }

        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return bytes.Length > 32 ? null : Convert.ToHexStringLower([.. new byte[32 - bytes.Length], .. bytes]);
    }
}

/// <param name="Path">Absolute, from a slash.</param>
/// <param name="Sha256">Of the file's bytes.</param>
public sealed record SiteFile(string Path, string Sha256);

public sealed record Site(
    string Title, string Description, IReadOnlyList<SiteFile> Files, IReadOnlyList<string> Servers);

/// <summary>The root site of a key, a named one of it, or a snapshot by its event id.</summary>
public sealed record SiteAddress(string? Pubkey, string? Name, string? SnapshotId);
