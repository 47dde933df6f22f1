namespace PoA.Nostr.Blossom;

/// <summary>What other people's Blossom servers may do to us.</summary>
public static class BlossomClientProblems
{
    public static readonly Problem NotFound = new(
        "blossom-client/not-found", 404, RecoveryAction.GoElsewhere, "No server that we asked has the blob.");

    public static readonly Problem TokenRefused = new(
        "blossom-client/token-refused", 502, RecoveryAction.GoElsewhere, "The server did not take our signature.");

    public static readonly Problem PaymentRequired = new(
        "blossom-client/payment-required", 402, RecoveryAction.Pay, "The server wants to be paid.");

    public static readonly Problem Refused = new(
        "blossom-client/refused", 502, RecoveryAction.GoElsewhere, "The server does not take the blob.");

    public static readonly Problem TooLarge = new(
        "blossom-client/too-large", 413, RecoveryAction.GoElsewhere, "The blob is larger than the server takes.");

    public static readonly Problem Busy = new(
        "blossom-client/busy", 503, RecoveryAction.RetryLater, "The server asks us to come again.");

    public static readonly Problem Failed = new(
        "blossom-client/failed", 502, RecoveryAction.RetryLater, "The server failed.");

    public static readonly Problem WrongAnswer = new(
        "blossom-client/wrong-answer", 502, RecoveryAction.GoElsewhere, "The server's answer is not of this blob.");

    public static readonly Problem WrongBytes = new(
        "blossom-client/wrong-bytes", 502, RecoveryAction.GoElsewhere, "The server gave other bytes than were asked.");

    public static readonly Problem NotKept = new(
        "blossom-client/not-kept", 503, RecoveryAction.RetryLater, "No server keeps the blob.");
}
