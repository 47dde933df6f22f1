namespace PoA.Nostr.Devnet.Mint;

/// <summary>
/// Error codes of the specification (nuts: error_codes.md). On the wire they are numbers, with HTTP 400 (NUT-00 §0.2).
/// </summary>
enum MintError
{
    /// <summary>No number is given for it: nutshell's for anything else.</summary>
    Other = 10_000,
    ProofInvalid = 10_001,
    ProofsSpent = 11_001,
    ProofsPending = 11_002,
    OutputsSigned = 11_003,
    OutputsPending = 11_004,
    Unbalanced = 11_005,
    AmountOutOfRange = 11_006,
    DuplicateInputs = 11_007,
    DuplicateOutputs = 11_008,
    AmountlessInvoice = 11_011,
    UnitUnsupported = 11_013,
    TooManyInputs = 11_014,
    TooManyOutputs = 11_015,
    KeysetUnknown = 12_001,
    KeysetInactive = 12_002,
    KeysetExpired = 12_003,
    QuoteUnpaid = 20_001,
    QuoteIssued = 20_002,
    PaymentFailed = 20_004,
    QuotePending = 20_005,
    InvoicePaid = 20_006,
    QuoteExpired = 20_007,
    QuoteSignatureInvalid = 20_008,
    QuoteKeyInvalid = 20_009,
}

/// <summary>The mint refuses, and nothing has changed.</summary>
sealed class MintRefusal(MintError error, string detail) : Exception(detail)
{
    public MintError Error { get; } = error;
}

/// <summary>Whose habits the mint has, where they differ from the specification or from one another.</summary>
public enum MintDialect
{
    /// <summary>As written in the NUTs; replays are answered from the cache (NUT-19).</summary>
    Specification,

    /// <summary>
    /// nutshell 0.20.2 as it was seen to answer: 11000 for an unbalanced transaction, 11003 for a mint that is
    /// replayed, inputs are looked at before outputs, accounting fields in mint quotes, no cache.
    /// </summary>
    Nutshell020,

    /// <summary>
    /// nutshell 0.18.2: 10002 for outputs that are signed already, and outputs are looked at first, so that it also
    /// answers a replayed swap; only the old signature on mint quotes; <c>paid</c> in them; no final_expiry.
    /// </summary>
    Nutshell018,
}

/// <summary>How a dialect puts an error into a number.</summary>
static class MintDialects
{
    public static int Code(this MintDialect dialect, MintError error) => (dialect, error) switch
    {
        (MintDialect.Nutshell020 or MintDialect.Nutshell018, MintError.Unbalanced) => 11_000,
        (MintDialect.Nutshell020 or MintDialect.Nutshell018, MintError.InvoicePaid) => 11_000,
        (MintDialect.Nutshell018, MintError.OutputsSigned) => 10_002,
        _ => (int)error,
    };

    public static bool OutputsFirst(this MintDialect dialect) => dialect == MintDialect.Nutshell018;

    public static bool Caches(this MintDialect dialect) => dialect == MintDialect.Specification;
}
