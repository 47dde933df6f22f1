namespace PoA.Nostr;

/// <summary>What can be wrong with an event, whoever sends it.</summary>
public static class EventProblems
{
    public static readonly Problem Malformed =
        new("event/malformed", 400, RecoveryAction.FixRequest, "This is not a NIP-01 event.");

    public static readonly Problem TooLarge =
        new("event/too-large", 413, RecoveryAction.FixRequest, "The event is larger than we accept.");

    public static readonly Problem WrongId =
        new("event/wrong-id", 400, RecoveryAction.FixRequest, "The id is not the SHA-256 of the event.");

    public static readonly Problem WrongSignature =
        new("event/wrong-signature", 400, RecoveryAction.FixRequest, "The signature does not verify.");

    public static readonly Problem DeleteCharacter = new(
        "event/delete-character", 400, RecoveryAction.FixRequest,
        "The event holds the character U+007F, which widespread relays refuse.");

    /// <summary>Null when the template may be signed.</summary>
    public static Problem? RefuseToSign(EventTemplate template) =>
        template.Kind is < 0 or > Limits.KindMax ? Malformed with { Detail = "The kind is outside 0 to 65535." } :
        template.Content.Contains('\u007f', StringComparison.Ordinal) ? DeleteCharacter :
        template.Tags.Any(tag => tag.Any(value => value.Contains('\u007f', StringComparison.Ordinal)))
            ? DeleteCharacter
            : null;
}
