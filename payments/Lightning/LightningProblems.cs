namespace PoA.Nostr.Payments.Lightning;

/// <summary>What can be wrong with an invoice.</summary>
public static class LightningProblems
{
    public static readonly Problem NotAnInvoice =
        new("lightning/not-an-invoice", 400, RecoveryAction.FixRequest, "This is not a Lightning invoice (BOLT 11).");

    public static readonly Problem WrongSignature =
        new("lightning/wrong-signature", 400, RecoveryAction.FixRequest, "The invoice's signature does not hold.");

    public static readonly Problem UnknownFeature =
        new("lightning/unknown-feature", 400, RecoveryAction.GoElsewhere, "The invoice demands what we do not know.");

    public static readonly Problem WrongAmount =
        new("lightning/wrong-amount", 400, RecoveryAction.FixRequest, "The invoice asks for another amount.");

    public static readonly Problem WrongDescription =
        new("lightning/wrong-description", 400, RecoveryAction.FixRequest, "The invoice is about something else.");

    public static readonly Problem Expired =
        new("lightning/invoice-expired", 400, RecoveryAction.FixRequest, "The invoice has expired.");
}
