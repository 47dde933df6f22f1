namespace PoA.Nostr.Fetch;

/// <summary>What can go wrong with a stranger's address. None tells what stands behind it.</summary>
public static class FetchProblems
{
    public static readonly Problem WrongUrl = new(
        "fetch/wrong-url", 400, RecoveryAction.FixRequest, "The address is not one that we would open.");

    public static readonly Problem NotPublic = new(
        "fetch/not-public", 403, RecoveryAction.FixRequest, "The address does not lead to the public internet.");

    public static readonly Problem Unreachable = new(
        "fetch/unreachable", 502, RecoveryAction.RetryLater, "The address does not answer.");

    public static readonly Problem TooSlow = new(
        "fetch/too-slow", 504, RecoveryAction.RetryLater, "The address did not answer in full within our time.");

    public static readonly Problem TooLarge = new(
        "fetch/too-large", 413, RecoveryAction.FixRequest, "What the address holds is larger than we take.");

    public static readonly Problem TooManyRedirects = new(
        "fetch/too-many-redirects", 400, RecoveryAction.FixRequest, "The address sends us on and on.");

    public static readonly Problem Refused = new(
        "fetch/refused", 400, RecoveryAction.FixRequest, "The address answered, and not with a document.");
}
