namespace PoA.Nostr.Payments.Cashu;

/// <summary>A token that came in, and what it is for.</summary>
/// <param name="Id">Idempotency key: the same id is the same payment, whatever is said again.</param>
/// <param name="Purpose">Who is told once it is ours.</param>
/// <param name="Rail">What it will be called: <c>cashu</c> or <c>nutzap</c>.</param>
/// <param name="Token">Of one mint.</param>
public sealed record TokenPayment(Guid Id, PaymentPurpose Purpose, string Rail, CashuToken Token)
{
    /// <summary>The key that locked proofs are locked to. Not needed for others.</summary>
    public SecretKey? Key { get; init; }

    /// <summary>Whoever read it could have spent it: it stood in public, and was locked to nobody.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Public key of who paid, where that is known.</summary>
    public string? Payer { get; init; }

    /// <summary>Id of the nutzap that brought it, or null.</summary>
    public string? Nutzap { get; init; }
}

/// <summary>What became of a token.</summary>
public abstract record ReceiveOutcome
{
    /// <summary>Why it was not taken; null once it is ours, or as long as nobody knows.</summary>
    public Problem? Refusal => (this as Refused)?.Problem;

    /// <param name="Amount">What is ours now.</param>
    /// <param name="Paid">What it was worth before the mint took its fee.</param>
    public sealed record Received(Msat Amount, Msat Paid) : ReceiveOutcome;

    /// <summary>It is the sender's still, or was somebody else's before.</summary>
    public sealed record Refused(Problem Problem) : ReceiveOutcome;

    /// <summary>The mint has not said; it will be found out, and whoever it is for is told then.</summary>
    public sealed record Waiting : ReceiveOutcome;

    /// <summary>As the operation's row says it.</summary>
    internal static ReceiveOutcome Of(Operation? op) => op switch
    {
        { State: "done" } => new Received(Msat.FromSat(op.AmountSat), Msat.FromSat(op.Details.GrossSat)),
        { State: "failed", ProblemCode: { } code } => new Refused(
            KnownProblems.Of(code) with { Detail = op.ProblemDetail }),
        _ => new Waiting(),
    };
}
