namespace PoA.Nostr.Devnet.Lightning;

/// <summary>An invoice's life: open, perhaps accepted and held, then settled or cancelled for good.</summary>
public enum InvoiceState
{
    Open,
    /// <summary>A payment has arrived and waits for the preimage, or for the invoice to be cancelled.</summary>
    Accepted,
    Settled,
    Canceled,
}

/// <summary>What a node asks the network for. Without an amount the payer decides.</summary>
public sealed record InvoiceTerms(string Node, ulong? AmountMsat, string Description)
{
    /// <summary>32 bytes in hex, instead of the description (BOLT 11, field h).</summary>
    public string? DescriptionHash { get; init; }

    /// <summary>Seconds.</summary>
    public int Expiry { get; init; } = 3_600;

    /// <summary>32 bytes in hex: the preimage is somebody else's, and a payment waits for it.</summary>
    public string? HoldHash { get; init; }
}

/// <summary>
/// An invoice as the network knows it. A new record replaces it whenever something happens. The preimage (hex) of a
/// hold invoice is known once it is settled; from the expiry (Unix time) on nobody may begin to pay.
/// </summary>
public sealed record Invoice(
    string Bolt11, string PaymentHash, string Node, ulong? AmountMsat, string? Preimage, long ExpiresAt, bool Hold)
{
    public InvoiceState State { get; init; }

    /// <summary>The node whose payment has arrived.</summary>
    public string? Payer { get; init; }

    /// <summary>What has arrived.</summary>
    public ulong PaidMsat { get; init; }

    /// <summary>Unix time, once it is settled.</summary>
    public long? SettledAt { get; init; }
}

/// <summary>How a payment stands.</summary>
public enum AttemptState { InFlight, Succeeded, Failed }

/// <summary>
/// One node's payment of one invoice. The fee is what the route took besides the amount; the reason says why it
/// failed, in the words of BOLT 4 where it has one.
/// </summary>
public sealed record Attempt(
    string PaymentHash, string Payer, ulong AmountMsat, ulong FeeMsat, AttemptState State, string? Reason = null)
{
    /// <summary>In hex, once it has succeeded: the proof of payment.</summary>
    public string? Preimage { get; init; }
}
