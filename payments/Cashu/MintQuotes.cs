using PoA.Nostr.Payments.Lightning;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>What mints' quotes say, in all their dialects.</summary>
static class MintQuotes
{
    /// <summary>
    /// Paid or minted already: by its state, by the amounts of newer mints, or by the flag of older ones.
    /// </summary>
    public static bool IsPaid(MintQuoteReply quote, ulong amount) =>
        quote.State is "PAID" or "ISSUED"
        || (quote.State is null && quote.Paid == true)
        || (quote.State is null && quote.AmountPaid >= amount);

    /// <summary>The payment hash of a quote's invoice, which must be for what was asked.</summary>
    public static string Check(MintQuoteReply quote, Msat amount)
    {
        if (quote.Amount is { } said && said != (ulong)amount.Sat) throw Wrong("amount");
        var invoice = Bolt11.Read(quote.Request);
        return invoice.Amount == amount ? invoice.PaymentHash : throw Wrong("invoice");
    }

    /// <summary>What paying costs, checked against the invoice and the limit.</summary>
    public static async Task<MeltQuoteReply> AskMeltAsync(
        Exchange exchange, string mint, LightningPayment payment, CancellationToken ct)
    {
        var asked = Bolt11.Read(payment.Bolt11).Amount
            ?? throw new ProblemException(CashuProblems.WrongAmount with { Detail = "The invoice names no amount." });
        var question = new MeltQuoteRequest(payment.Bolt11, "sat");
        var answer = await exchange.AskAsync(
            mint, "/v1/melt/quote/bolt11", question, CashuJson.Default.MeltQuoteRequest, ct);
        if (answer is null) throw new ProblemException(CashuProblems.MintUnreachable);
        if (!answer.IsOk || Exchange.Read(answer, CashuJson.Default.MeltQuoteReply) is not { Quote: { } } quote)
        {
            throw new ProblemException(CashuProblems.PaymentFailed with { Detail = answer.Error().Detail });
        }

        if (quote.Amount != (ulong)((asked.Value + 999) / 1_000)) throw Wrong("amount");
        return quote.FeeReserve <= (ulong)payment.FeeMax.Sat
            ? quote
            : throw new ProblemException(CashuProblems.FeeTooHigh with
            {
                Detail = $"The mint reserves {quote.FeeReserve} sat.",
            });
    }

    static ProblemException Wrong(string what) => new(CashuProblems.MintRefused with
    {
        Detail = $"Its quote has another {what} than was asked for.",
    });
}
