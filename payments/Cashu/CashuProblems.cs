namespace PoA.Nostr.Payments.Cashu;

/// <summary>What can go wrong with ecash. Where money had arrived already, a refusal comes with a refund.</summary>
public static class CashuProblems
{
    public static readonly Problem MalformedToken = new(
        "cashu/malformed-token", 400, RecoveryAction.FixRequest, "This is not a Cashu token that we can read.");

    public static readonly Problem TokenTooLarge = new(
        "cashu/token-too-large", 413, RecoveryAction.FixRequest,
        "The token has more bytes or proofs than we take: swap it into fewer proofs.");

    public static readonly Problem SeveralMints = new(
        "cashu/several-mints", 400, RecoveryAction.FixRequest,
        "The token holds proofs of several mints: send one token per mint.");

    public static readonly Problem WrongUnit = new(
        "cashu/wrong-unit", 400, RecoveryAction.FixRequest, "Only ecash in sat is taken.");

    public static readonly Problem MintNotListed = new(
        "cashu/mint-not-listed", 400, RecoveryAction.FixRequest, "We do not take ecash of this mint.");

    public static readonly Problem ForeignTooMuch = new(
        "cashu/foreign-too-much", 400, RecoveryAction.FixRequest,
        "We take less than that of a mint that is not ours.");

    public static readonly Problem ForeignBusy = new(
        "cashu/foreign-busy", 503, RecoveryAction.RetryLater,
        "Mints that are not ours are to pay us as much as they may at once: try again, or use one of ours.")
    {
        RetryAfter = TimeSpan.FromMinutes(1),
    };

    public static readonly Problem ForeignUnpaid = new(
        "cashu/foreign-unpaid", 502, RecoveryAction.FixRequest,
        "The token's mint did not pay our invoice with it: the token is yours as it was.");

    public static readonly Problem ForeignKept = new(
        "cashu/foreign-kept", 502, RecoveryAction.GiveUp,
        "The token's mint did not pay our invoice in time: if it has spent the token, ask it for your money.");

    public static readonly Problem UnsupportedKeyset = new(
        "cashu/unsupported-keyset", 400, RecoveryAction.FixRequest,
        "The token's keyset is of a version that we do not support: swap it at its mint.");

    public static readonly Problem UnknownKeyset = new(
        "cashu/unknown-keyset", 400, RecoveryAction.FixRequest, "The mint does not know the token's keyset.");

    public static readonly Problem AmbiguousKeyset = new(
        "cashu/ambiguous-keyset", 400, RecoveryAction.FixRequest,
        "The token's short keyset id stands for several keysets: send it with full ids.");

    public static readonly Problem KeysetForged = new(
        "cashu/keyset-forged", 502, RecoveryAction.GoElsewhere,
        "The mint's keyset does not have the id that the mint gives it.");

    public static readonly Problem WrongAmount = new(
        "cashu/wrong-amount", 400, RecoveryAction.FixRequest, "The token has an amount that its keyset does not sign.");

    public static readonly Problem TooLittle = new(
        "cashu/too-little", 400, RecoveryAction.FixRequest,
        "The token is worth no more than the mint charges for redeeming it.");

    public static readonly Problem DuplicateProof = new(
        "cashu/duplicate-proof", 400, RecoveryAction.FixRequest, "The token holds the same proof twice.");

    public static readonly Problem ProofIncomplete = new(
        "cashu/dleq-missing", 400, RecoveryAction.FixRequest,
        "A proof lacks its DLEQ proof, or a part of it (e, s, r): swap it at its mint, which makes one.");

    public static readonly Problem ProofForged = new(
        "cashu/dleq-invalid", 400, RecoveryAction.FixRequest, "A proof was not signed by its mint.");

    public static readonly Problem NotOurs = new(
        "cashu/not-ours", 400, RecoveryAction.FixRequest, "The token is locked, and not so that we could spend it.");

    public static readonly Problem AlreadyReceived = new(
        "cashu/already-received", 409, RecoveryAction.GiveUp, "These proofs were received before.");

    public static readonly Problem Spent = new(
        "cashu/spent", 409, RecoveryAction.GiveUp, "The token has been spent already.");

    public static readonly Problem MintRefused = new(
        "cashu/mint-refused", 502, RecoveryAction.FixRequest, "The mint refused the token.");

    public static readonly Problem MintUnreachable = new(
        "cashu/mint-unreachable", 503, RecoveryAction.RetryLater, "The mint does not answer.");

    public static readonly Problem MintLacks = new(
        "cashu/mint-lacks", 501, RecoveryAction.GoElsewhere, "The mint does not support what this needs.");

    public static readonly Problem Exposure = new(
        "cashu/exposure", 507, RecoveryAction.GoElsewhere, "We hold as much ecash of this mint as we may.");

    public static readonly Problem InsufficientEcash = new(
        "cashu/insufficient-ecash", 503, RecoveryAction.RetryLater, "We hold too little ecash of this mint just now.");

    public static readonly Problem FeeTooHigh = new(
        "cashu/fee-too-high", 402, RecoveryAction.FixRequest, "Paying this invoice costs more than the limit allows.");

    public static readonly Problem PaymentFailed = new(
        "cashu/payment-failed", 502, RecoveryAction.FixRequest, "The invoice could not be paid; nothing was spent.");

    public static readonly Problem QuoteExpired = new(
        "cashu/quote-expired", 410, RecoveryAction.FixRequest, "The invoice was not paid in time.");

    public static readonly Problem MalformedRequest = new(
        "cashu/malformed-request", 400, RecoveryAction.FixRequest, "This is not a payment request that we can read.");

    public static readonly Problem WrongSeed = new(
        "cashu/wrong-seed", 500, RecoveryAction.TellOperator,
        "The wallet's seed must be 12 to 24 words, or 64 or 128 hex digits.");

    public static readonly Problem NobodyReceives = new(
        "cashu/nobody-receives", 500, RecoveryAction.TellOperator, "Nobody here takes payments for this.");

    public static readonly Problem UnderWay = new(
        "cashu/under-way", 503, RecoveryAction.RetryLater,
        "The mint has not answered yet; ask again with the same id.");

    public static readonly Problem OtherOperation = new(
        "cashu/other-operation", 409, RecoveryAction.FixRequest, "This id belongs to another operation.");
}
