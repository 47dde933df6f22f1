namespace PoA.Nostr.Market.Escrow;

/// <summary>Money that is owed back, as its row says.</summary>
/// <param name="Id">Known to the payer, who may ask for it by this.</param>
/// <param name="Job">The job that was paid for, or null.</param>
/// <param name="Payer">Key that gets it, or null where nobody knows who paid.</param>
/// <param name="Agent">Key of the agent that was paid, or null.</param>
/// <param name="Amount">What was paid.</param>
/// <param name="Reason">Code of the problem that it is owed for.</param>
/// <param name="State">pending, ready, collected or failed.</param>
public sealed record Refund(
    Guid Id, string? Job, string? Payer, string? Agent, Msat Amount, string Reason, string State)
{
    /// <summary>How it goes back, once that is decided: balance, nutzap, lightning, token.</summary>
    public string? Way { get; init; }

    /// <summary>Where that is tied to a place: the invoice that is paid.</summary>
    public string? Target { get; init; }

    /// <summary>The ecash that was made for it: whoever reads it may spend it, unless it is locked to a key.</summary>
    public string? Token { get; init; }

    public int Attempts { get; init; }

    /// <summary>Ways that failed for good.</summary>
    public IReadOnlyList<string> FailedWays { get; init; } = [];

    public override string ToString() => $"refund {Id} of {Amount}, {State} (token hidden)";
}

/// <summary>A row of market.refund: <see cref="Columns"/>.</summary>
sealed record RefundRow(
    Guid Id, string? Job, string? Payer, string? Agent, long Amount_msat, string Reason, string State, string? Way,
    string? Target, string? Token, int Attempts, string[] Failed_ways)
{
    public const string Columns = """
        r.id, r.job, r.payer, r.agent, r.amount_msat, r.reason, r.state, r.way, r.target, r.token, r.attempts,
        r.failed_ways
        """;

    public Refund ToRefund() => new(Id, Job, Payer, Agent, new(Amount_msat), Reason, State)
    {
        Way = Way,
        Target = Target,
        Token = Token,
        Attempts = Attempts,
        FailedWays = Failed_ways,
    };
}
