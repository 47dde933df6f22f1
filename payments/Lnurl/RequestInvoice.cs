using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>The query of the second step (LUD-06), as it came.</summary>
public sealed record LnurlCallback(string? Amount, string? Comment, string? Nostr, string? PayerData);

/// <summary>
/// A wallet asks for an invoice of a payee's: what it says is checked and written down, then the gateway is asked. The
/// invoice does not commit to the text: see docs/decisions on zaps through a mint.
/// </summary>
public sealed partial class RequestInvoice(
    NpgsqlDataSource db, ILnurlPayees payees, IEnumerable<ILightningGateway> gateways, IOptions<LnurlOptions> options,
    TimeProvider clock, ILogger<RequestInvoice> log)
{
    /// <summary>A zap request with its relays; longer ones do not fit a URL.</summary>
    const int ZapCharsMax = 8_000;
    const int PayerDataCharsMax = 2_000;

    /// <summary>Shown by wallets; field d of an invoice holds 639 bytes.</summary>
    const int MemoCharsMax = 120;

    /// <summary>Word of the purposes of all invoices that are made here.</summary>
    internal const string Word = "lnurl";

    readonly LnurlOptions _options = options.Value;

    /// <exception cref="ProblemException">One of <see cref="LnurlProblems"/>, or the gateway's.</exception>
    public async Task<Requested> HandleAsync(LnurlPayee payee, LnurlCallback asked, CancellationToken ct)
    {
        if (gateways.FirstOrDefault() is not { } gateway) throw new ProblemException(LnurlProblems.Busy);

        var order = Read(payee, asked, Guid.CreateVersion7(clock.GetUtcNow()), out var problem);
        if (problem is not null) throw new ProblemException(problem);

        var now = clock.GetUtcNow();
        var by = now + _options.PayWithin;
        var purpose = await payees.PurposeAsync(order, ct);
        var row = new
        {
            order.Id,
            order.Payee,
            amount = order.Amount.Value,
            purpose = purpose.ToString(),
            order.Comment,
            payerData = asked.PayerData,
            zap = asked.Nostr,
            payer = order.Zap?.Event.Pubkey,
            now,
            by,
            openMax = _options.OpenMax,
        };
        if (await db.RunAsync(Insert, row, ct) == 0) throw new ProblemException(LnurlProblems.Busy);

        var invoice = await gateway.RequestAsync(
            new(
                order.Id, new(Word, order.Id.ToString()), order.Zap is null ? "bolt11" : "zap", order.Amount,
                Memo(payee, order), by),
            ct);
        await db.RunAsync(Keep, new { order.Id, invoice.Bolt11, invoice.PaymentHash }, ct);
        LogRequested(payee.Slug, order.Amount, purpose.Word);
        return new(invoice.Bolt11, invoice.PaymentHash);
    }

    /// <summary>Pure: what the query says, or why it is refused.</summary>
    LnurlOrder Read(LnurlPayee payee, LnurlCallback asked, Guid id, out Problem? problem)
    {
        problem = Refuse(asked, _options);
        var amount = problem is null ? new Msat(long.Parse(asked.Amount!, CultureInfo.InvariantCulture)) : Msat.Zero;
        var order = new LnurlOrder(id, payee.Pubkey, amount, asked.Comment ?? "", null);
        if (problem is not null || asked.Nostr is not { Length: > 0 } json) return order;

        var zap = Nip57Words.TryReadRequest(json, amount, payee.Pubkey, out var wrong);
        problem = zap is null ? LnurlProblems.WrongZap with { Detail = wrong!.Sentence }
            : zap.Recipient != payee.Pubkey ? LnurlProblems.WrongZap with { Detail = "It is for somebody else." }
            : zap.Comment.Length > _options.CommentCharsMax ? LnurlProblems.CommentTooLong
            : null;
        return order with { Comment = zap?.Comment ?? "", Zap = zap };
    }

    internal static Problem? Refuse(LnurlCallback asked, LnurlOptions options) =>
        !long.TryParse(asked.Amount, NumberStyles.None, CultureInfo.InvariantCulture, out var msat)
            ? LnurlProblems.WrongAmount :
        msat % 1_000 != 0 ? LnurlProblems.WrongAmount with { Detail = "Whole sats only." } :
        msat < options.SatMin * 1_000L || msat > options.SatMax * 1_000L
            ? LnurlProblems.WrongAmount with { Detail = $"Between {options.SatMin} and {options.SatMax} sat." } :
        asked.Comment?.Length > options.CommentCharsMax ? LnurlProblems.CommentTooLong :
        asked.Nostr?.Length > ZapCharsMax ? LnurlProblems.WrongZap with { Detail = "It is too long." } :
        asked.PayerData is { } data && !IsPayerData(data) ? LnurlProblems.WrongPayerData :
        null;

    /// <summary>LUD-18: one JSON object. What is in it is the payer's word and checked by nobody.</summary>
    static bool IsPayerData(string text)
    {
        if (text.Length > PayerDataCharsMax) return false;
        try
        {
            return JsonSerializer.Deserialize(text, LnurlJson.Default.DictionaryStringJsonElement) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static string Memo(LnurlPayee payee, LnurlOrder order)
    {
        var text = order.Zap is null ? $"Sats for {payee.Name}" : $"Zap for {payee.Name}";
        return text.Length > MemoCharsMax ? text[..MemoCharsMax] : text;
    }

    /// <summary>Only so many may be open, or a stranger fills our tables and the mint's.</summary>
    const string Insert = """
        insert into payments.lnurl_invoice
               (id, payee, amount_msat, purpose, comment, payer_data, zap_request, payer, created_at, expires_at)
        select @Id, @Payee, @amount, @purpose, @Comment, @payerData, @zap, @payer, @now, @by
         where (select count(*) from payments.lnurl_invoice
                 where payee = @Payee and settled_at is null and expires_at > @now) < @openMax
        """;

    const string Keep = """
        update payments.lnurl_invoice set bolt11 = @Bolt11, payment_hash = @PaymentHash where id = @Id
        """;

    [LoggerMessage(LogLevel.Information, "Invoice of {Amount} for {Payee}: {Purpose}")]
    partial void LogRequested(string payee, Msat amount, string purpose);
}

/// <param name="Bolt11">To pay.</param>
/// <param name="PaymentHash">Hex: the name under which it is verified (LUD-21).</param>
public sealed record Requested(string Bolt11, string PaymentHash);
