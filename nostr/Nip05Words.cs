using System.Text.Json;
using PoA.Nostr.Fetch;

namespace PoA.Nostr;

/// <summary>A name at a domain (NIP-05), in lower case. The local part <c>_</c> stands for the domain itself.</summary>
public sealed record InternetIdentifier(string Local, string Domain)
{
    /// <summary>As clients show it.</summary>
    public override string ToString() => Local == "_" ? Domain : $"{Local}@{Domain}";
}

/// <summary>The key behind a name, and where its owner is to be found.</summary>
public sealed record NamedKey(string Pubkey, IReadOnlyList<string> Relays);

/// <summary>
/// Names that domains vouch for (NIP-05): <c>https://domain/.well-known/nostr.json?name=local</c>. They identify a
/// key; they do not replace it.
/// </summary>
public static class Nip05Words
{
    const int LocalCharsMax = 64;
    const int DomainCharsMax = 253;
    const int RelaysMax = 20;

    /// <summary>No redirect is followed (NIP-05, security constraints). Some domains serve all names at once.</summary>
    internal static readonly FetchLimits Document = new(1024 * 1024, TimeSpan.FromSeconds(10), RedirectsMax: 0);

    /// <summary>
    /// A name as people write it, or null: the local part of a-z, 0-9, minus, underscore and dot, the domain a DNS
    /// name, its Unicode put into ASCII. A domain alone is its root name.
    /// </summary>
    public static InternetIdentifier? TryRead(string? text)
    {
        var (local, domain) = text?.Trim().ToLowerInvariant().Split('@') switch
        {
            [var root] => ("_", root),
            [var before, var after] => (before, after),
            _ => ("", ""),
        };
        if (local.Length is 0 or > LocalCharsMax || domain.Length is 0 or > DomainCharsMax) return null;
        if (!local.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-' or '_' or '.')) return null;
        if (!domain.Contains('.', StringComparison.Ordinal) || Uri.CheckHostName(domain) != UriHostNameType.Dns
            || !Uri.TryCreate("https://" + domain, UriKind.Absolute, out var uri)
            || uri.HostNameType != UriHostNameType.Dns)
        {
            return null;
        }

        return new(local, uri.IdnHost);
    }

    /// <summary>Where the domain says whose name it is.</summary>
    public static Uri Address(InternetIdentifier name) =>
        new($"https://{name.Domain}/.well-known/nostr.json?name={name.Local}");

    /// <summary>The key that the domain has for this name, or null when it has none.</summary>
    /// <exception cref="ProblemException">One of <see cref="FetchProblems"/>: nothing is known then.</exception>
    public static Task<NamedKey?> FindAsync(SafeFetch fetch, InternetIdentifier name, CancellationToken ct) =>
        FindAsync(fetch, Address(name), name.Local, ct);

    /// <summary>Whether the domain says that this name is this key's.</summary>
    /// <exception cref="ProblemException">One of <see cref="FetchProblems"/>: nothing is known then.</exception>
    public static async Task<bool> BelongsToAsync(
        SafeFetch fetch, InternetIdentifier name, string pubkey, CancellationToken ct) =>
        await FindAsync(fetch, name, ct) is { } found && found.Pubkey == pubkey;

    internal static async Task<NamedKey?> FindAsync(SafeFetch fetch, Uri address, string local, CancellationToken ct) =>
        Find((await fetch.GetAsync(address, Document, ct)).Body, local);

    /// <summary>What a document says about a name. Keys are 64 lower-case hex digits; anything else is none.</summary>
    internal static NamedKey? Find(ReadOnlyMemory<byte> document, string local)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            return Member(json.RootElement, "names") is { } names && Member(names, local) is { } key
                && Text(key) is { } pubkey && Hex.Is32(pubkey)
                    ? new(pubkey, RelaysOf(json.RootElement, pubkey))
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter is a text that is no Unicode.
            return null;
        }
    }

    static List<string> RelaysOf(JsonElement root, string pubkey) =>
        Member(root, "relays") is { } relays && Member(relays, pubkey) is { ValueKind: JsonValueKind.Array } own
            ? own.EnumerateArray().Select(relay => Nip65Words.Normal(Text(relay))).OfType<string>().Distinct()
                .Take(RelaysMax).ToList()
            : [];

    static JsonElement? Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;

    static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
