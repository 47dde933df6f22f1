namespace PoA.Nostr;

/// <summary>What can be wrong with a message between client and relay.</summary>
public static class MessageProblems
{
    public static readonly Problem Malformed =
        new("message/malformed", 400, RecoveryAction.FixRequest, "This is not a message of the Nostr protocol.");

    public static readonly Problem TooLarge =
        new("message/too-large", 413, RecoveryAction.FixRequest, "The message is larger than we accept.");

    public static readonly Problem WrongFilter =
        new("message/wrong-filter", 400, RecoveryAction.FixRequest, "This is not a NIP-01 filter.");

    public static readonly Problem UnknownFilter = new(
        "message/unknown-filter", 400, RecoveryAction.FixRequest, "The filter holds a condition that we do not know.");

    /// <summary>
    /// The reason as OK, CLOSED and NEG-ERR carry it: a prefix of one word, a colon, a sentence (NIP-01).
    /// </summary>
    public static string RelayReason(this Problem problem) =>
        problem.Code == UnknownFilter.Code
            ? $"unsupported: {problem.Sentence}"
            : $"{problem.Recovery.RelayPrefix()}: {problem.Sentence}";
}
