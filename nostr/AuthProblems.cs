namespace PoA.Nostr;

/// <summary>What can be wrong with an event that proves who is asking (NIP-42, NIP-98).</summary>
public static class AuthProblems
{
    public static readonly Problem Missing =
        new("auth/missing", 401, RecoveryAction.Authenticate, "The request is not signed.");

    public static readonly Problem WrongKind =
        new("auth/wrong-kind", 401, RecoveryAction.Authenticate, "The event is not one for signing in.");

    public static readonly Problem WrongTime =
        new("auth/wrong-time", 401, RecoveryAction.Authenticate, "The event is older or newer than we take.");

    public static readonly Problem WrongChallenge =
        new("auth/wrong-challenge", 401, RecoveryAction.Authenticate, "The event answers another challenge.");

    public static readonly Problem WrongPlace =
        new("auth/wrong-place", 401, RecoveryAction.Authenticate, "The event is meant for another address or method.");

    public static readonly Problem WrongPayload =
        new("auth/wrong-payload", 401, RecoveryAction.Authenticate, "The event was signed for another body.");
}
