namespace PoA.Nostr.Blossom;

/// <summary>What can go wrong here. A client goes by the status; people read the sentence in X-Reason.</summary>
public static class BlossomProblems
{
    public static readonly Problem NoToken = new(
        "blossom/no-token", 401, RecoveryAction.Authenticate,
        "Sign a kind 24242 event and send it as 'Authorization: Nostr <base64url>' (BUD-11).");

    public static readonly Problem BadToken =
        new("blossom/bad-token", 401, RecoveryAction.Authenticate, "The authorization event does not allow this.");

    public static readonly Problem NotFound =
        new("blossom/not-found", 404, RecoveryAction.GoElsewhere, "No blob with this hash is kept here.");

    public static readonly Problem NotYours =
        new("blossom/not-yours", 403, RecoveryAction.GiveUp, "This key does not own the blob.");

    public static readonly Problem BadHash =
        new("blossom/bad-hash", 400, RecoveryAction.FixRequest, "A hash is 64 lower-case hex digits.");

    public static readonly Problem HashMismatch =
        new("blossom/hash-mismatch", 409, RecoveryAction.FixRequest, "The bytes do not have the hash that was named.");

    public static readonly Problem LengthRequired =
        new("blossom/length-required", 411, RecoveryAction.FixRequest, "Say how long the blob is.");

    public static readonly Problem TooLarge =
        new("blossom/too-large", 413, RecoveryAction.GoElsewhere, "The blob is larger than this server keeps.");

    public static readonly Problem QuotaUsed =
        new("blossom/quota-used", 413, RecoveryAction.GoElsewhere, "This key keeps as much here as it may.");

    public static readonly Problem Full =
        new("blossom/full", 507, RecoveryAction.GoElsewhere, "This server is full.");

    public static readonly Problem BadRequest =
        new("blossom/bad-request", 400, RecoveryAction.FixRequest, "The request cannot be read.");

    public static readonly Problem OriginFailed =
        new("blossom/origin-failed", 502, RecoveryAction.RetryLater, "The origin did not give the blob.");

    public static readonly Problem Busy =
        new("blossom/busy", 503, RecoveryAction.RetryLater, "Enough mirrors are being fetched.")
        {
            RetryAfter = TimeSpan.FromSeconds(10),
        };

    public static readonly Problem Reported =
        new("blossom/reported", 410, RecoveryAction.GiveUp, "This blob was reported and is no longer served.");

    public static readonly Problem Blocked =
        new("blossom/blocked", 403, RecoveryAction.GiveUp, "The operator does not take this blob.");

    public static readonly Problem PaymentRequired =
        new("blossom/payment-required", 402, RecoveryAction.Pay, "Keeping a blob here costs something (BUD-07).");

    public static readonly Problem PaymentShort = new(
        "blossom/payment-short", 400, RecoveryAction.Pay,
        "What was paid does not suffice for this blob. It is on the balance of the key that uploads.");

    public static readonly Problem PaymentUnknown = new(
        "blossom/payment-unknown", 400, RecoveryAction.FixRequest,
        "No payment of this key has this preimage: 32 bytes in hex. If it was just made, send the same again.");

    public static readonly Problem NoWayToPay = new(
        "blossom/no-way-to-pay", 503, RecoveryAction.RetryLater, "A blob costs something here, and no mint answers.")
    {
        RetryAfter = TimeSpan.FromMinutes(1),
    };

    public static readonly Problem Failed =
        new("blossom/failed", 500, RecoveryAction.TellOperator, "Something failed here; a person has to look.");
}
