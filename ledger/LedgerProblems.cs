namespace PoA.Nostr.Ledger;

/// <summary>What the books refuse.</summary>
public static class LedgerProblems
{
    public static readonly Problem Insufficient = new(
        "ledger/insufficient", 402, RecoveryAction.Pay, "The account has not enough for this.");

    public static readonly Problem Conflict = new(
        "ledger/conflict", 409, RecoveryAction.FixRequest, "This id stands for something else already.");

    public static readonly Problem AmountOutOfRange = new(
        "ledger/amount-out-of-range", 400, RecoveryAction.FixRequest,
        "An amount is above zero and at most all bitcoin there will be.");

    public static readonly Problem NoTransfer = new(
        "ledger/no-transfer", 400, RecoveryAction.FixRequest,
        "A transfer has two different accounts, a kind in lower case and a cause.");

    public static readonly Problem Overflow = new(
        "ledger/overflow", 400, RecoveryAction.GiveUp, "An account cannot count that much.");

    public static readonly Problem Raced = new(
        "ledger/raced", 409, RecoveryAction.RetryLater, "The same transfer is being posted at this moment.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public static readonly Problem CapReached = new(
        "ledger/cap-reached", 403, RecoveryAction.GiveUp, "This would go above what may be spent here.");

    public static readonly Problem WithdrawalsStopped = new(
        "ledger/withdrawals-stopped", 503, RecoveryAction.RetryLater,
        "The last audit found a difference: until it is mended nothing is paid out.")
    {
        RetryAfter = TimeSpan.FromHours(1),
    };

    public static readonly Problem NotBalanced = new(
        "ledger/not-balanced", 500, RecoveryAction.TellOperator, "The books do not balance.");

    public static readonly Problem HoldUnknown = new(
        "ledger/hold-unknown", 404, RecoveryAction.FixRequest, "There is no such hold.");

    public static readonly Problem HoldResolved = new(
        "ledger/hold-resolved", 409, RecoveryAction.GiveUp, "The hold was captured or released before.");

    public static readonly Problem HoldExpired = new(
        "ledger/hold-expired", 410, RecoveryAction.GiveUp, "The hold has expired.");

    public static readonly Problem HoldExceeded = new(
        "ledger/hold-exceeded", 400, RecoveryAction.FixRequest, "A capture takes at most what was set aside.");
}
