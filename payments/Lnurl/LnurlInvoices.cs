using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>
/// One invoice that a stranger asked for. The purpose says who is told when it is paid; the comment is untrusted text
/// of the zap or of LUD-12; payer data (LUD-18) and zap request are as they came, byte for byte.
/// </summary>
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
