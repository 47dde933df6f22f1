namespace PoA.Nostr.Payments.Lnurl;

/// <summary>What can go wrong between a wallet and a LNURL server, on either side.</summary>
public static class LnurlProblems
{
    public static readonly Problem UnknownPayee =
        new("lnurl/unknown-payee", 404, RecoveryAction.FixRequest, "Nobody of this name is paid here.");

    public static readonly Problem WrongAmount =
        new("lnurl/wrong-amount", 400, RecoveryAction.FixRequest, "The amount is not one that can be paid here.");

    public static readonly Problem CommentTooLong =
        new("lnurl/comment-too-long", 400, RecoveryAction.FixRequest, "The comment is too long.");

    public static readonly Problem WrongPayerData =
        new("lnurl/wrong-payer-data", 400, RecoveryAction.FixRequest, "The payer data are not what was asked for.");

    public static readonly Problem WrongZap =
        new("lnurl/wrong-zap-request", 400, RecoveryAction.FixRequest, "The zap request does not hold (NIP-57).");

    public static readonly Problem Busy =
        new("lnurl/busy", 503, RecoveryAction.RetryLater, "Too many invoices are open.");

    public static readonly Problem UnknownInvoice =
        new("lnurl/unknown-invoice", 404, RecoveryAction.FixRequest, "Not found");

    public static readonly Problem WrongAddress =
        new("lnurl/wrong-address", 400, RecoveryAction.FixRequest, "This is no Lightning address and no LNURL.");

    public static readonly Problem WrongAnswer =
        new("lnurl/wrong-answer", 502, RecoveryAction.GoElsewhere, "The payee's server answered what LNURL does not.");
}
