namespace PoA.Nostr.Cli;

/// <summary>What can go wrong on this side of a command.</summary>
public static class CliProblems
{
    public static readonly Problem NoInstance = new(
        "cli/no-instance", 503, RecoveryAction.FixRequest,
        "No running instance was found here: start one with ./poa up, or name a relay with --relay.");

    public static readonly Problem AgentUnknown =
        new("cli/agent-unknown", 404, RecoveryAction.FixRequest, "No agent goes by that name.");

    public static readonly Problem KeyMalformed =
        new("cli/key-malformed", 400, RecoveryAction.FixRequest, "POA_KEY holds no nsec and no 64 hex digits.");

    public static readonly Problem WrongArgument =
        new("cli/wrong-argument", 400, RecoveryAction.FixRequest, "An argument makes no sense.");

    public static readonly Problem RelaySilent =
        new("cli/relay-silent", 503, RecoveryAction.RetryLater, "The relay does not answer.");

    public static readonly Problem RelayRefuses =
        new("cli/relay-refuses", 403, RecoveryAction.GoElsewhere, "The relay does not take the request.");

    public static readonly Problem NoAnswer = new(
        "cli/no-answer", 504, RecoveryAction.CheckOutcome, "No final answer came in time; the job may still be done.");

    public static readonly Problem Unheard = new(
        "cli/unheard", 504, RecoveryAction.CheckOutcome,
        "Nobody answered. Perhaps no agent that hears these relays sells this kind of job: see ./poa status.");

    public static readonly Problem FaucetDry = new(
        "cli/faucet-dry", 502, RecoveryAction.RetryLater, "The devnet's faucet does not pay.");

    public static readonly Problem JobFailed =
        new("cli/job-failed", 502, RecoveryAction.GoElsewhere, "The agent could not do the job.");

    public static readonly Problem PaymentRequired =
        new("cli/payment-required", 402, RecoveryAction.Pay, "The agent wants to be paid first.");
}
