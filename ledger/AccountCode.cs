using System.Text.RegularExpressions;

namespace PoA.Nostr.Ledger;

/// <summary>
/// The names of accounts. An account comes to be with its first transfer; its kind is the word before the colon.
/// </summary>
public static partial class AccountCode
{
    /// <summary>Where the platform's fees gather (sharded).</summary>
    public const string Fees = "platform:fees";

    /// <summary>
    /// What rails cost: input fees of mints, melts, routing (sharded). It pays them, so it goes below zero: the world
    /// outside, like a rail.
    /// </summary>
    public const string RailCost = "platform:rail-cost";

    /// <summary>What was found at a mint and is nobody's in these books, after others were lost (sharded).</summary>
    public const string Recovered = "platform:recovered";

    /// <summary>What the operator put in: rails cost it before fees do (sharded).</summary>
    public const string Treasury = "platform:treasury";

    /// <summary>What a key may spend here: a customer's, a developer's or an agent's balance.</summary>
    public static string Balance(string pubkey) => $"balance:{pubkey}";

    /// <summary>The money of one job, from its payment to its settlement or refund.</summary>
    public static string Escrow(string job) => $"escrow:{job}";

    /// <summary>What is owed to a payer until it is collected: one account per refund.</summary>
    public static string Refund(Guid refund) => $"refund:{refund:n}";

    /// <summary>What left for a payee and is not confirmed yet: one account per payout.</summary>
    public static string Payout(Guid payout) => $"payout:{payout:n}";

    /// <summary>The world behind a mint: minus what it holds for us. May be overdrawn; sharded.</summary>
    /// <param name="mint">Its URL without a slash at the end.</param>
    public static string Mint(string mint) => $"rail:cashu:{mint}";

    /// <summary>
    /// The platform's own accounts and the rails' have many rows, so that transfers at the same time do not queue.
    /// </summary>
    public static bool IsSharded(string code) =>
        code.StartsWith("rail:", StringComparison.Ordinal) || code.StartsWith("platform:", StringComparison.Ordinal);

    internal static bool IsValid(string code) => code.Length <= 600 && Pattern().IsMatch(code);

    [GeneratedRegex(@"^[a-z]+:[^\p{Cc}\s]+\z")]
    private static partial Regex Pattern();
}
