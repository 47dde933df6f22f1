using System.Globalization;

namespace PoA.Nostr;

/// <summary>What an application says that it handles (NIP-89, kind 31990).</summary>
/// <param name="Address">Its author and its <c>d</c>: it stays while the rest changes.</param>
/// <param name="Kinds">Those of its <c>k</c> tags.</param>
/// <param name="Content">JSON like a profile's, or empty: then the author's profile counts.</param>
public sealed record Handler(NostrEntity.Address Address, IReadOnlyList<int> Kinds, string Content);

/// <summary>An application that somebody recommends for a kind (NIP-89, kind 31989).</summary>
/// <param name="Handler">A kind 31990. Its relays are the hint: one or none.</param>
/// <param name="Platform">"web", "ios" and so on, or null.</param>
public sealed record Recommendation(NostrEntity.Address Handler, string? Platform = null);

/// <summary>Handlers and their recommendations (NIP-89), and addresses as <c>a</c> tags have them (NIP-01).</summary>
public static class Nip89Words
{
    public const int RecommendationKind = 31_989;
    public const int HandlerKind = 31_990;
    const int IdentifierCharsMax = 1_024;

    /// <summary>The tags of a handler.</summary>
    public static string[][] HandlerTags(string identifier, IEnumerable<int> kinds, params string[][] more) =>
        [["d", identifier], .. kinds.Select(kind => new[] { "k", Number(kind) }), .. more];

    /// <summary>Null for another kind, and without a <c>d</c>: such a handler has no address.</summary>
    public static Handler? TryRead(NostrEvent value) =>
        value.Kind == HandlerKind && value.Tag("d") is { } identifier
            ? new(
                new(HandlerKind, value.Pubkey, identifier, []),
                [.. value.TagsNamed("k").Select(tag => KindOf(tag[1])).OfType<int>().Distinct()], value.Content)
            : null;

    public static EventTemplate Recommend(int kind, IEnumerable<Recommendation> handlers, long createdAt) =>
        new(RecommendationKind, createdAt, [["d", Number(kind)], .. handlers.Select(Tag)], "");

    /// <summary>The handlers that an event recommends for the kind in its <c>d</c>. Empty for others.</summary>
    public static IReadOnlyList<Recommendation> Recommended(NostrEvent value) =>
        value.Kind != RecommendationKind || KindOf(value.Tag("d")) is null
            ? []
            : [.. value.TagsNamed("a").Select(ReadTag).OfType<Recommendation>()];

    public static string Address(NostrEntity.Address address) =>
        $"{Number(address.Kind)}:{address.Pubkey}:{address.Identifier}";

    /// <summary><c>kind:pubkey:d</c>, the d with whatever colons it has. Null for anything else.</summary>
    public static NostrEntity.Address? TryReadAddress(string? text) =>
        text?.Split(':', 3) is [var kind, var pubkey, { Length: <= IdentifierCharsMax } identifier]
        && KindOf(kind) is { } number && Hex.Is32(pubkey)
            ? new(number, pubkey, identifier, [])
            : null;

    static string[] Tag(Recommendation one) => (one.Handler.Relays.FirstOrDefault(), one.Platform) switch
    {
        (null, null) => ["a", Address(one.Handler)],
        ({ } relay, null) => ["a", Address(one.Handler), relay],
        var (relay, platform) => ["a", Address(one.Handler), relay ?? "", platform],
    };

    static Recommendation? ReadTag(string[] tag)
    {
        if (TryReadAddress(tag[1]) is not { Kind: HandlerKind } address) return null;

        var platform = tag.ElementAtOrDefault(3);
        return new(
            Nip65Words.Normal(tag.ElementAtOrDefault(2)) is { } relay ? address with { Relays = [relay] } : address,
            string.IsNullOrEmpty(platform) ? null : platform);
    }

    static int? KindOf(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var kind) && kind <= Limits.KindMax
            ? kind
            : null;

    static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
