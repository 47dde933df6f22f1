namespace PoA.Nostr.Payments.Zaps;

/// <summary>Why a zap receipt counts for nothing.</summary>
public static class ZapProblems
{
    public static readonly Problem NotAReceipt =
        new("zap/not-a-receipt", 400, RecoveryAction.FixRequest, "This is not a zap receipt (NIP-57).");

    public static readonly Problem WrongSigner =
        new("zap/wrong-signer", 403, RecoveryAction.GiveUp, "The recipient's wallet did not sign this receipt.");

    public static readonly Problem WrongRequest =
        new("zap/wrong-request", 400, RecoveryAction.FixRequest, "The zap request inside does not hold.");

    public static readonly Problem WrongAmount =
        new("zap/wrong-amount", 400, RecoveryAction.FixRequest, "The invoice is not over what was zapped.");

    public static readonly Problem WrongRecipient =
        new("zap/wrong-recipient", 400, RecoveryAction.FixRequest, "The receipt is not about this recipient.");

    public static readonly Problem WrongInvoice =
        new("zap/wrong-invoice", 400, RecoveryAction.FixRequest, "The invoice does not belong to this zap.");
}
