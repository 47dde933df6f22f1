using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>One invoice that a stranger asked for.</summary>
/// <param name="Purpose">As <see cref="PaymentPurpose"/> writes it: who is told when it is paid.</param>
/// <param name="Comment">Of the zap, or of LUD-12: untrusted text.</param>
/// <param name="PayerData">LUD-18, as it came, or null.</param>
/// <param name="ZapRequest">Byte for byte, or null.</param>
/// <param name="Payer">Key of the zapper, or null.</param>
public sealed record LnurlInvoice(
    Guid Id, string Payee, long AmountMsat, string Purpose, string Comment, string? PayerData, string? ZapRequest,
    string? Payer, string? Bolt11, DateTime? SettledAt);

/// <summary>The rows of our LNURL server, for whoever is paid through it.</summary>
public static class LnurlInvoices
{
    public static Task<LnurlInvoice?> FindAsync(NpgsqlTransaction tx, Guid id, CancellationToken ct) =>
        tx.OneAsync<LnurlInvoice>($"{Select} where id = @id", new { id }, ct);

    internal static Task<LnurlInvoice?> FindAsync(
        NpgsqlDataSource db, string payee, string paymentHash, CancellationToken ct) =>
        db.OneAsync<LnurlInvoice>(
            $"{Select} where payee = @payee and payment_hash = @paymentHash", new { payee, paymentHash }, ct);

    const string Select = """
        select id as Id, payee as Payee, amount_msat as AmountMsat, purpose as Purpose, comment as Comment,
               payer_data as PayerData, zap_request as ZapRequest, payer as Payer, bolt11 as Bolt11,
               settled_at as SettledAt
          from payments.lnurl_invoice
        """;
}
