using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>
/// An invoice of our LNURL server is paid: it is marked, a zap gets its receipt (NIP-57 appendix E), and the money goes
/// to whoever the payment is for; all of it in the transaction that completes the payment.
/// </summary>
public sealed partial class ReceiveInvoice(
    ILnurlPayees payees, PaymentReceivers receivers, IOutbox outbox, TimeProvider clock, ILogger<ReceiveInvoice> log)
    : IPaymentReceiver
{
    /// <summary>For whom nothing else is known: the payee.</summary>
    public const string GiftPurpose = "gift";

    public string Word => RequestInvoice.Word;

    public async Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct)
    {
        var id = Guid.Parse(payment.Purpose.Subject);
        var invoice = await LnurlInvoices.FindAsync(tx, id, ct)
            ?? throw new InvalidOperationException($"There is no LNURL invoice {id}.");
        var now = clock.GetUtcNow();
        if (await tx.RunAsync(Settle, new { id, now }, ct) == 1 && invoice.ZapRequest is { } json)
        {
            await PublishAsync(tx, invoice, json, now, ct);
        }

        var purpose = PaymentPurpose.Parse(invoice.Purpose);
        if (!receivers.Knows(purpose)) purpose = new(GiftPurpose, id.ToString());
        await receivers.ReceiveAsync(
            tx, payment with { Purpose = purpose, Payer = payment.Payer ?? invoice.Payer }, ct);
        LogPaid(id, payment.Amount, purpose.Word);
    }

    async Task PublishAsync(
        NpgsqlTransaction tx, LnurlInvoice invoice, string json, DateTimeOffset paidAt, CancellationToken ct)
    {
        var amount = new Msat(invoice.AmountMsat);
        if (Nip57Words.TryReadRequest(json, amount, invoice.Payee, out _) is not { } request) return;

        // The mint that took the payment keeps the preimage to itself: there is none to show.
        var template = Nip57Words.Receipt(
            request, json, invoice.Bolt11 ?? "", preimage: null, paidAt.ToUnixTimeSeconds());
        var receipt = await payees.Signer(invoice.Payee).SignAsync(template, ct);
        await outbox.AddAsync(tx, [new(receipt, request.Relays, "outbox")], ct);
    }

    const string Settle = """
        update payments.lnurl_invoice set settled_at = @now where id = @id and settled_at is null
        """;

    [LoggerMessage(LogLevel.Information, "LNURL invoice {InvoiceId} brought {Amount} for {Purpose}")]
    partial void LogPaid(Guid invoiceId, Msat amount, string purpose);
}
