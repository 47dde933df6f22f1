namespace PoA.Nostr.Nsite.Gateway;

/// <summary>What the gateway cannot do.</summary>
public static class GatewayProblems
{
    public static readonly Problem NoSite = new(
        "gateway/no-site", 404, RecoveryAction.FixRequest,
        "No site is published under this name, or its relays do not answer.");

    public static readonly Problem NoName = new(
        "gateway/no-name", 404, RecoveryAction.FixRequest,
        "This host names no site. A site's host is its npub, or another label of NIP-5A, under the gateway's name.");

    public static readonly Problem NoPage = new(
        "gateway/no-page", 404, RecoveryAction.FixRequest, "The site has no such page.");

    public static readonly Problem NoFile = new(
        "gateway/no-file", 502, RecoveryAction.RetryLater,
        "No Blossom server of this site gives the file with the hash that its author signed.");

    public static readonly Problem Busy = new(
        "gateway/busy", 503, RecoveryAction.RetryLater, "Too much is on its way already.")
    {
        RetryAfter = TimeSpan.FromSeconds(2),
    };
}
