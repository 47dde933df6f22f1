namespace PoA.Nostr;

/// <summary>One recovery action in the words of each edge. Exhaustive, or it does not compile.</summary>
public static class RecoveryWords
{
    /// <summary>Kebab-case, as it travels in tags, HTTP bodies and MCP.</summary>
    public static string Word(this RecoveryAction recovery) => recovery switch
    {
        RecoveryAction.RetryLater => "retry-later",
        RecoveryAction.CheckOutcome => "check-outcome",
        RecoveryAction.FixRequest => "fix-request",
        RecoveryAction.Pay => "pay",
        RecoveryAction.Authenticate => "authenticate",
        RecoveryAction.GoElsewhere => "go-elsewhere",
        RecoveryAction.GiveUp => "give-up",
        RecoveryAction.TellOperator => "tell-operator",
    };

    /// <summary>The NIP-01 prefix that says the same over a relay.</summary>
    public static string RelayPrefix(this RecoveryAction recovery) => recovery switch
    {
        RecoveryAction.RetryLater => "rate-limited",
        RecoveryAction.CheckOutcome => "error",
        RecoveryAction.FixRequest => "invalid",
        RecoveryAction.Pay => "restricted",
        RecoveryAction.Authenticate => "auth-required",
        RecoveryAction.GoElsewhere => "blocked",
        RecoveryAction.GiveUp => "blocked",
        RecoveryAction.TellOperator => "error",
    };

    /// <summary>What a person at a terminal should do next.</summary>
    public static string Advice(this Problem problem) => problem.Recovery switch
    {
        RecoveryAction.RetryLater when problem.RetryAfter is { } wait => $"Try again in {wait.TotalSeconds:0} s.",
        RecoveryAction.RetryLater => "Try again later.",
        RecoveryAction.CheckOutcome => "It may have happened: look before trying again.",
        RecoveryAction.FixRequest => "Change it and try again.",
        RecoveryAction.Pay when problem.Price is { } price => $"Pay {price}, then send it again.",
        RecoveryAction.Pay => "Pay, then send it again.",
        RecoveryAction.Authenticate => "Sign in, then send it again.",
        RecoveryAction.GoElsewhere => "Another provider or relay may be able to.",
        RecoveryAction.GiveUp => "It is refused for good.",
        RecoveryAction.TellOperator => "Tell the operator; the log holds the details.",
    };

    /// <summary>The exit code of a command that ended with this problem.</summary>
    public static int ExitCode(this RecoveryAction recovery) => 10 + (int)recovery;
}
