namespace PoA.Nostr.Market.Escrow;

/// <summary>What can become of money on its way through a job.</summary>
public static class EscrowProblems
{
    public static readonly Problem NotYours = new(
        "escrow/not-yours", 404, RecoveryAction.FixRequest, "This key has no such job here.");

    public static readonly Problem NoSuchJob = new(
        "escrow/no-such-job", 404, RecoveryAction.FixRequest, "There is no such job to pay for: nothing was taken.");

    public static readonly Problem NoEcash = new(
        "escrow/no-ecash", 501, RecoveryAction.Pay, "Ecash is not taken here: pay in another way.");

    public static readonly Problem KeyMalformed = new(
        "escrow/key-malformed", 400, RecoveryAction.FixRequest, "A key is 64 hex digits.");

    public static readonly Problem NoSuchAccount = new(
        "escrow/no-such-account", 404, RecoveryAction.FixRequest, "This key has no account here.");

    public static readonly Problem FeeOutOfRange = new(
        "escrow/fee-out-of-range", 400, RecoveryAction.FixRequest, "A fee is 0 to 10000 hundredths of a percent.");

    public static readonly Problem NotDelivered = new(
        "escrow/not-delivered", 409, RecoveryAction.CheckOutcome, "There is no result to accept or to dispute.");

    public static readonly Problem SettledAlready = new(
        "escrow/settled-already", 409, RecoveryAction.GiveUp, "The job is settled: it can be disputed no more.");

    public static readonly Problem Busy = new(
        "escrow/busy", 409, RecoveryAction.RetryLater, "The job is changing at this moment.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public static readonly Problem DisputeUnconfirmed = new(
        "escrow/dispute-unconfirmed", 202, RecoveryAction.FixRequest,
        "The payment is paused for a day. To dispute the result, react with - once more and say why after it.");

    public static readonly Problem Disputed = new(
        "escrow/disputed", 202, RecoveryAction.CheckOutcome, "The result is disputed, and the payment waits.");

    public static readonly Problem OutputUpheld = new(
        "escrow/output-upheld", 200, RecoveryAction.GiveUp, "The result was checked again and holds: it is paid.");

    public static readonly Problem OutputWrong = new(
        "escrow/output-wrong", 200, RecoveryAction.RetryLater,
        "The result was checked again and does not hold: you have your money back.");

    public static readonly Problem DisputeTimedOut = new(
        "escrow/dispute-timed-out", 200, RecoveryAction.GiveUp,
        "Nobody decided the dispute in time: it ends as the offer said.");

    public static readonly Problem PaidLate = new(
        "escrow/paid-late", 410, RecoveryAction.FixRequest,
        "The payment came after its time: it goes back to you, and the job needs a new request.");

    public static readonly Problem Underpaid = new(
        "escrow/underpaid", 402, RecoveryAction.Pay, "The payment is below the price: it goes back to you.");

    public static readonly Problem PaidTwice = new(
        "escrow/paid-twice", 409, RecoveryAction.GiveUp, "The job needs no payment: what came goes back to you.");

    public static readonly Problem Change = new(
        "escrow/change", 200, RecoveryAction.GiveUp, "More was paid than the price: the rest goes back to you.");

    public static readonly Problem Converted = new(
        "escrow/converted", 200, RecoveryAction.GiveUp,
        "The ecash was of a mint that is not ours: what that mint took for paying us is deducted.");

    public static readonly Problem PublicToken = new(
        "escrow/public-token", 200, RecoveryAction.GiveUp,
        "The token stood in public, where anybody could have spent it: lock the next one to the agent's key.");

    public static readonly Problem JobUnknown = new(
        "escrow/job-unknown", 404, RecoveryAction.FixRequest, "There is no such job: what was paid goes back.");

    public static readonly Problem Refunded = new(
        "escrow/refunded", 200, RecoveryAction.GiveUp, "You have your money back.");

    public static readonly Problem RefundUnknown = new(
        "escrow/refund-unknown", 404, RecoveryAction.FixRequest, "This key has no such refund here.");

    public static readonly Problem PayoutUnknown = new(
        "escrow/payout-unknown", 404, RecoveryAction.FixRequest, "This key has no such payout here.");

    public static readonly Problem PayoutDiffers = new(
        "escrow/payout-differs", 409, RecoveryAction.FixRequest,
        "This id is that of another payout: ask for a new one under a new id.");

    public static readonly Problem PayoutDispatched = new(
        "escrow/payout-dispatched", 409, RecoveryAction.CheckOutcome,
        "The payout is on its way: its destination cannot be changed any more.");

    public static readonly Problem OutcomeUnknown = new(
        "escrow/outcome-unknown", 202, RecoveryAction.CheckOutcome, "Nobody knows yet whether it was paid.");

    public static readonly Problem NoRail = new(
        "escrow/no-rail", 501, RecoveryAction.GoElsewhere, "There is no way to pay out from here.");

    public static readonly Problem TargetMalformed = new(
        "escrow/target-malformed", 400, RecoveryAction.FixRequest,
        "Money leaves to a Lightning address, or as a Cashu token.");
}
