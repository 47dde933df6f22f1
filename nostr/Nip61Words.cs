namespace PoA.Nostr;

/// <summary>
/// Nutzaps (NIP-61): kind 10019 says how a key takes ecash, kind 9321 brings it, kind 7376 says that it was redeemed.
/// </summary>
public static class Nip61Words
{
    public const int InfoKind = 10_019;
    public const int ZapKind = 9_321;

    const int ProofsMax = 256;
    const int MintsMax = 32;

    /// <summary>How a key takes nutzaps. Null when the event does not say all of it.</summary>
    public static NutzapInfo? Info(NostrEvent info)
    {
        var key = Key(info.Tag("pubkey"));
        List<string> mints =
        [
            .. info.TagsNamed("mint").Where(tag => tag.Length == 2 || tag.Skip(2).Contains("sat"))
                .Select(tag => tag[1]).Take(MintsMax),
        ];
        return info.Kind != InfoKind || key is null || mints.Count == 0
            ? null
            : new(key, mints, [.. info.TagsNamed("relay").Select(tag => tag[1]).Take(MintsMax)]);
    }

    /// <summary>The tags of a 10019. The key is not the one that signs it.</summary>
    public static string[][] InfoTags(NutzapInfo info) =>
    [
        .. info.Relays.Select(relay => new[] { "relay", relay }),
        .. info.Mints.Select(mint => new[] { "mint", mint, "sat" }),
        ["pubkey", "02" + info.Key],
    ];

    /// <summary>What a 9321 brings. Null when it names no mint or no recipient, or carries no proof.</summary>
    public static Nutzap? Zap(NostrEvent zap)
    {
        string[] proofs = [.. zap.TagsNamed("proof").Select(tag => tag[1]).Take(ProofsMax + 1)];
        return zap.Kind != ZapKind || proofs.Length is 0 or > ProofsMax
            || zap.Tag("u") is not { Length: > 0 } mint || zap.Tag("p") is not { } recipient || !Hex.Is32(recipient)
            ? null
            : new(recipient, mint, zap.Tag("unit") ?? "sat", proofs, zap.Tag("e"));
    }

    /// <summary>A nutzap for an event of a kind, or for nothing in particular.</summary>
    public static EventTemplate Zap(Nutzap zap, int? kind, string comment, long createdAt)
    {
        List<string[]> tags = [.. zap.Proofs.Select(proof => new[] { "proof", proof })];
        tags.Add(["unit", zap.Unit]);
        tags.Add(["u", zap.Mint]);
        if (zap.Event is { } id) tags.Add(["e", id]);
        if (kind is { } k) tags.Add(["k", k.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        tags.Add(["p", zap.Recipient]);
        return new(ZapKind, createdAt, [.. tags], comment);
    }

    /// <summary>x-only, whether it was written with its sign byte or without.</summary>
    static string? Key(string? written)
    {
        var key = written is ['0', '2' or '3', .. { Length: 64 } x] ? x : written;
        return Hex.Is32(key) ? key : null;
    }
}

/// <summary>How a key takes nutzaps.</summary>
/// <param name="Key">x-only: what proofs are locked to, with <c>02</c> before it.</param>
/// <param name="Mints">As a nutzap must name them, to the letter.</param>
/// <param name="Relays">Where it is published.</param>
public sealed record NutzapInfo(string Key, IReadOnlyList<string> Mints, IReadOnlyList<string> Relays);

/// <summary>A nutzap, before anybody looked at its proofs.</summary>
/// <param name="Recipient">Nostr key of whom it is for.</param>
/// <param name="Mint">Where the proofs are from.</param>
/// <param name="Unit">Of their amounts.</param>
/// <param name="Proofs">Each as JSON.</param>
/// <param name="Event">Id of what is zapped, or null.</param>
public sealed record Nutzap(
    string Recipient, string Mint, string Unit, IReadOnlyList<string> Proofs, string? Event);
