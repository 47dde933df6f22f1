using System.Globalization;

namespace PoA.Nostr;

/// <summary>What a reaction says (NIP-25).</summary>
public enum Reaction
{
    Like,
    Dislike,
    Other,
}

/// <summary>Reactions (NIP-25): kind 7 about the last <c>e</c>; <c>+</c> or nothing likes, <c>-</c> dislikes.</summary>
public static class Nip25Words
{
    public const int Kind = 7;

    public static Reaction Read(NostrEvent reaction) => reaction.Content switch
    {
        "+" or "" => Reaction.Like,
        "-" => Reaction.Dislike,
        _ => Reaction.Other,
    };

    /// <summary>The id of the event that is reacted to, or null.</summary>
    public static string? Target(NostrEvent reaction) =>
        reaction.TagsNamed("e").LastOrDefault() is { } last && Hex.Is32(last[1]) ? last[1] : null;

    public static EventTemplate To(NostrEvent target, string content, string relay, long createdAt) =>
        new(
            Kind, createdAt,
            [
                ["e", target.Id, relay, target.Pubkey],
                ["p", target.Pubkey, relay],
                .. Nip09Words.AddressOf(target) is { } address ? [["a", address, relay]] : Array.Empty<string[]>(),
                ["k", target.Kind.ToString(CultureInfo.InvariantCulture)],
            ],
            content);
}
