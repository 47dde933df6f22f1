namespace PoA.Nostr.Payments;

/// <summary>
/// The way to Lightning that this house has: a mint (NUT-04, NUT-05), a node of our own later. What is asked for is
/// written down before anything leaves, so that a repeat with the same id is the first answer again.
/// </summary>
public interface ILightningGateway
{
    /// <summary>
    /// An invoice of ours. When it is paid, the receiver of its purpose is called, however often we restart.
    /// </summary>
    Task<LightningInvoice> RequestAsync(InvoiceRequest request, CancellationToken ct);

    /// <summary>Pays a stranger's invoice out of <paramref name="payment"/>'s account.</summary>
    Task<PayOutcome> PayAsync(LightningPayment payment, CancellationToken ct);
}

/// <param name="Id">Idempotency key.</param>
/// <param name="Purpose">Who is told, and what about.</param>
/// <param name="Rail">What the payment will be called: <c>bolt11</c> or <c>zap</c>.</param>
/// <param name="Amount">Whole sats.</param>
/// <param name="Description">What the payer's wallet shows: a line, since an invoice holds 639 bytes of it.</param>
/// <param name="PayBy">After this the invoice may be refused.</param>
public sealed record InvoiceRequest(
    Guid Id, PaymentPurpose Purpose, string Rail, Msat Amount, string Description, DateTimeOffset PayBy)
{
    /// <summary>Key of who will pay it, where that is known.</summary>
    public string? Payer { get; init; }

    /// <summary>What the payer gives up so that this arrives; zero where that is the same.</summary>
    public Msat Given { get; init; }

    /// <summary>Id of the nutzap whose ecash will pay it, or null.</summary>
    public string? Nutzap { get; init; }
}

/// <param name="Id">Of its request.</param>
/// <param name="Bolt11">To show.</param>
/// <param name="PaymentHash">32 bytes in hex.</param>
public sealed record LightningInvoice(Guid Id, string Bolt11, string PaymentHash);

/// <param name="Id">Idempotency key.</param>
/// <param name="Account">Code of the account that holds the money: amount plus the maximal fee leave it.</param>
/// <param name="Bolt11">With an amount in it.</param>
/// <param name="FeeMax">What it may cost besides; passed on as the limit.</param>
public sealed record LightningPayment(Guid Id, string Account, string Bolt11, Msat FeeMax);

/// <summary>How a payment stands. Only a final failure frees money; an unknown outcome waits.</summary>
public abstract record PayOutcome
{
    /// <param name="Preimage">32 bytes in hex: the proof of payment.</param>
    /// <param name="Fee">What it cost besides the amount.</param>
    public sealed record Succeeded(string Preimage, Msat Fee) : PayOutcome;

    public sealed record Failed(Problem Problem) : PayOutcome;

    public sealed record Unknown : PayOutcome;
}
