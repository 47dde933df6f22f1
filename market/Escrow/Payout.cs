namespace PoA.Nostr.Market.Escrow;

/// <summary>Money on its way out of a balance, as its row says.</summary>
/// <param name="Id">The caller's: asking twice with one id is one payout.</param>
/// <param name="Account">Key whose balance it left.</param>
/// <param name="Amount">What arrives.</param>
/// <param name="Reserve">What the way may cost besides; what it does not cost comes back.</param>
/// <param name="Way">lightning or token.</param>
/// <param name="Target">A Lightning address; empty for a token.</param>
/// <param name="State">requested, dispatched, paid or failed.</param>
public sealed record Payout(
    Guid Id, string Account, Msat Amount, Msat Reserve, string Way, string Target, string State)
{
    /// <summary>What is paid, once it was fetched: one for ever.</summary>
    public string? Invoice { get; init; }

    /// <summary>The ecash that was made: whoever reads it may spend it.</summary>
    public string? Token { get; init; }

    public string? Preimage { get; init; }

    /// <summary>Code of what keeps it waiting, or of why it failed.</summary>
    public string? Problem { get; init; }

    public override string ToString() => $"payout {Id} of {Amount} by {Way}, {State} (token hidden)";
}

/// <summary>A row of market.payout.</summary>
sealed record PayoutRow(
    Guid Id, string Account, long Amount_msat, long Reserve_msat, string Way, string Target, string State,
    string? Invoice, string? Token, string? Preimage, string? Last_error)
{
    public const string Columns = """
        p.id, p.account, p.amount_msat, p.reserve_msat, p.way, p.target, p.state, p.invoice, p.token, p.preimage,
        p.last_error
        """;

    public Payout ToPayout() => new(Id, Account, new(Amount_msat), new(Reserve_msat), Way, Target, State)
    {
        Invoice = Invoice,
        Token = Token,
        Preimage = Preimage,
        Problem = Last_error,
    };
}
