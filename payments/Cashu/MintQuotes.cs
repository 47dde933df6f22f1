using System.Globalization;
using System.Text.RegularExpressions;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>What mints' quotes say, in all their dialects.</summary>
static partial class MintQuotes
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
        var invoice = Glance(quote.Request);
        return invoice.Amount == amount ? invoice.PaymentHash : throw Wrong("invoice");
    }

    /// <summary>What paying costs, checked against the invoice and the limit.</summary>
    public static async Task<MeltQuoteReply> AskMeltAsync(
        Exchange exchange, string mint, LightningPayment payment, CancellationToken ct)
    {
        var asked = Glance(payment.Bolt11).Amount
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

    /// <summary>Amount and payment hash of an invoice (BOLT 11), which is all that is needed of it here.</summary>
    internal static (Msat? Amount, string PaymentHash) Glance(string bolt11)
    {
        if (!Crypto.Bech32.TryDecodeWords(bolt11, InvoiceCharsMax, out var prefix, out var words)
            || words.Length < TimeWords + SignatureWords
            || HumanPart().Match(prefix) is not { Success: true } match)
        {
            throw Wrong("invoice");
        }

        return (AmountOf(match), HashOf(words.AsSpan(TimeWords, words.Length - TimeWords - SignatureWords)));
    }

    static Msat? AmountOf(Match match)
    {
        if (!match.Groups["amount"].Success) return null;
        var amount = long.Parse(match.Groups["amount"].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "m" => new(amount * 100_000_000),
            "u" => new(amount * 100_000),
            "n" => new(amount * 100),
            "p" when amount % 10 == 0 => new(amount / 10),
            "" => new(amount * 100_000_000_000),
            _ => throw Wrong("invoice"),
        };
    }

    static string HashOf(ReadOnlySpan<byte> fields)
    {
        while (fields.Length >= 3)
        {
            var length = (fields[1] * 32) + fields[2];
            if (fields.Length < 3 + length) break;
            if (fields[0] == PaymentHashType && length == PaymentHashWords
                && Crypto.Bech32.TryToBytes(fields.Slice(3, length), out var hash))
            {
                return Convert.ToHexStringLower(hash);
            }

            fields = fields[(3 + length)..];
        }

        throw Wrong("invoice");
    }

    [GeneratedRegex("^ln(bcrt|bc|tbs|tb)(?<amount>[1-9][0-9]{0,11})?(?<unit>[munp])?$")]
    private static partial Regex HumanPart();

    const int InvoiceCharsMax = 4_096;
    const int TimeWords = 7;
    const int SignatureWords = 104;
    const int PaymentHashType = 1;
    const int PaymentHashWords = 52;

    static ProblemException Wrong(string what) => new(CashuProblems.MintRefused with
    {
        Detail = $"Its quote has another {what} than was asked for.",
    });
}
