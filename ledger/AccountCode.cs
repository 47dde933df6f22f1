namespace PoA.Nostr.Ledger;

/// <summary>
/// The names of accounts. An account comes to be with its first transfer; its kind is the word before the colon.
/// </summary>
public static class AccountCode
{
    /// <summary>Where the platform's fees gather (sharded).</summary>
    public const string Fees = "platform:fees";

    /// <summary>What rails cost: input fees of mints, melts, routing (sharded). A cost is money that left.</summary>
    public const string RailCost = "platform:rail-cost";

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
}
