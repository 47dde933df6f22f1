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

    /// <summary>The exit code of a command that ended with this problem.</summary>
    public static int ExitCode(this RecoveryAction recovery) => 10 + (int)recovery;
}
