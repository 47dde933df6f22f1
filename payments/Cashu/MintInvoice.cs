using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Crypto;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Money in by Lightning: a mint's invoice (NUT-04, NUT-23) that only we can redeem (NUT-20). It is looked at until it
/// is paid, and then minted.
/// </summary>
sealed partial class MintInvoice(
    NpgsqlDataSource db, MintClient mints, MintKeysets keysets, UnusedCounters counters, OperationLog log,
    Exchange exchange, PaymentReceivers receivers, WalletSeed seed, IOptions<CashuOptions> options,
    TimeProvider clock, ILogger<MintInvoice> logger)
{
    /// <summary>A quote that was paid at the last moment shows it soon after.</summary>
    static readonly TimeSpan AfterExpiry = TimeSpan.FromHours(1);

    public async Task<LightningInvoice> HandleAsync(InvoiceRequest request, CancellationToken ct)
    {
        if (await log.ReadAsync(request.Id, ct) is null) await AskAsync(request, ct);
        return await log.ReadAsync(request.Id, ct) is { Kind: "mint", Details: { Bolt11: { } bolt11 } details }
            ? new(request.Id, bolt11, details.PaymentHash!)
            : throw new ProblemException(CashuProblems.OtherOperation);
    }

    public async Task RunAsync(Operation op, CancellationToken ct)
    {
        if (op.State == "waiting")
        {
            if (await LookAsync(op, ct) is not { } paid) return;
            op = paid;
        }

        switch (await exchange.SendAsync(op, ct))
        {
            case Exchange.Outcome.Signed signed:
                await FinishAsync(op, signed.Proofs, ct);
                break;
            case Exchange.Outcome.Refused { HasRotated: true }:
                await RunAsync(await PrepareAsync(op, op.Details.Legacy, isAgain: true, ct), ct);
                break;
            case Exchange.Outcome.Refused refused when IsAboutSignature(refused) && !op.Details.Legacy:
                await RunAsync(await SignLegacyAsync(op, ct), ct);
                break;
            case Exchange.Outcome.Refused refused:
                // Paid and not minted: it is money, so it is asked for again and again.
                LogStuck(op.Id, op.Mint, refused.Code);
                await log.PostponeAsync(op, null, inDoubt: false, ct);
                break;
            case Exchange.Outcome.Unknown unknown:
                await log.PostponeAsync(op, null, unknown.IsInDoubt, ct);
                break;
        }
    }

    async Task AskAsync(InvoiceRequest request, CancellationToken ct)
    {
        if (request.Amount.Value % 1_000 != 0 || request.Amount <= Msat.Zero)
        {
            throw new ProblemException(CashuProblems.WrongAmount with { Detail = "Invoices are in whole sats." });
        }

        if (!receivers.Knows(request.Purpose)) throw new ProblemException(CashuProblems.NobodyReceives);
        Problem? last = null;
        foreach (var mint in mints.Mints)
        {
            try
            {
                await AskAsync(request, mint, ct);
                return;
            }
            catch (ProblemException e)
            {
                last = e.Problem;
            }
        }

        throw new ProblemException(last ?? CashuProblems.MintNotListed);
    }

    async Task AskAsync(InvoiceRequest request, string mint, CancellationToken ct)
    {
        // A quote's id would let anybody mint it, so it is locked to a key of its own.
        await keysets.RequireAsync(mint, 20, ct);
        using var key = Key(request.Id);
        var question = new MintQuoteRequest(
            (ulong)request.Amount.Sat, "sat", request.Description.Length > 0 ? request.Description : null,
            CurvePoint.OfSecret(key.Reveal())!.ToHex());
        var answer = await exchange.AskAsync(
            mint, "/v1/mint/quote/bolt11", question, CashuJson.Default.MintQuoteRequest, ct);
        if (answer is null) throw new ProblemException(CashuProblems.MintUnreachable);
        if (!answer.IsOk
            || Exchange.Read(answer, CashuJson.Default.MintQuoteReply) is not { Quote: { }, Request: { } } quote)
        {
            throw new ProblemException(CashuProblems.MintRefused with { Detail = answer.Error().Detail });
        }

        var hash = MintQuotes.Check(quote, request.Amount);
        var op = new Operation
        {
            Id = request.Id,
            Kind = "mint",
            State = "waiting",
            Mint = mint,
            AmountSat = request.Amount.Sat,
        };
        var details = new OperationDetails
        {
            Purpose = request.Purpose.ToString(),
            Rail = request.Rail,
            Payer = request.Payer,
            Nutzap = request.Nutzap,
            GrossSat = request.Given.Sat,
            Quote = quote.Quote,
            Bolt11 = quote.Request,
            PaymentHash = hash,
            Expiry = quote.Expiry ?? request.PayBy.ToUnixTimeSeconds(),
        };
        await db.InTransactionAsync(
            async tx =>
            {
                await RefuseExposureAsync(tx, op, ct);
                // Who else asked at the same moment was first: theirs is the invoice, and this quote is nobody's.
                await log.AddAsync(tx, op, details, ct);
            },
            ct);
    }

    async Task RefuseExposureAsync(NpgsqlTransaction tx, Operation op, CancellationToken ct)
    {
        var held = Msat.Zero - await Books.BalanceAsync(tx, AccountCode.Mint(op.Mint), ct);
        if (held.Sat + op.AmountSat > options.Value.ExposureMaxSat) throw new ProblemException(CashuProblems.Exposure);
    }

    /// <summary>The operation with its request once the invoice is paid; null while it is not.</summary>
    async Task<Operation?> LookAsync(Operation op, CancellationToken ct)
    {
        var quote = await QuoteAsync(op, ct);
        if (quote is not null && MintQuotes.IsPaid(quote, (ulong)op.AmountSat))
        {
            try
            {
                return await PrepareAsync(op, op.Details.Legacy, isAgain: false, ct);
            }
            catch (ProblemException)
            {
                // Its keysets cannot be read just now.
            }
        }

        var isOver = quote is not null && !MintQuotes.IsPaid(quote, (ulong)op.AmountSat)
            && DateTimeOffset.FromUnixTimeSeconds(op.Details.Expiry!.Value) + AfterExpiry < clock.GetUtcNow();
        await (isOver
            ? db.InTransactionAsync(
                tx => log.EndAsync(tx, op, "failed", op.Details, CashuProblems.QuoteExpired, ct), ct)
            : log.PostponeAsync(op, null, inDoubt: false, ct));
        return null;
    }

    async Task<MintQuoteReply?> QuoteAsync(Operation op, CancellationToken ct) =>
        await mints.AskAsync(
            op.Mint, $"/v1/mint/quote/bolt11/{Uri.EscapeDataString(op.Details.Quote!)}", null, false, ct)
            is { IsOk: true } answer ? Exchange.Read(answer, CashuJson.Default.MintQuoteReply) : null;

    async Task<Operation> PrepareAsync(Operation op, bool legacy, bool isAgain, CancellationToken ct)
    {
        var active = await counters.ActiveAsync(op.Mint, ct);
        var amounts = active.Split((ulong)op.AmountSat) ?? throw new ProblemException(CashuProblems.WrongAmount);
        Wanted[] wanted = [.. amounts.Select(amount => new Wanted((long)amount, "keep"))];
        return await db.InTransactionAsync(
            async tx =>
            {
                if (isAgain) await EcashRows.ForgetOutputsAsync(tx, op, ct);
                var outputs = await EcashRows.PlanAsync(tx, seed, op.Id, op.Stage, active.Id, wanted, ct);
                return await ContinueAsync(tx, op, outputs, legacy, ct);
            },
            ct);
    }

    /// <summary>The same outputs with the signature that older mints know.</summary>
    async Task<Operation> SignLegacyAsync(Operation op, CancellationToken ct)
    {
        var outputs = await EcashRows.OutputsAsync(db, op, ct);
        return await db.InTransactionAsync(tx => ContinueAsync(tx, op, outputs, legacy: true, ct), ct);
    }

    async Task<Operation> ContinueAsync(
        NpgsqlTransaction tx, Operation op, IReadOnlyList<EcashOutput> outputs, bool legacy, CancellationToken ct)
    {
        var details = op.Details with { Legacy = legacy };
        BlindedMessage[] messages = [.. outputs.Select(output => output.Message)];
        using var key = Key(op.Id);
        var signature = legacy
            ? MintQuoteSignature.SignLegacy(details.Quote!, messages, key)
            : MintQuoteSignature.Sign(details.Quote!, messages, key);
        var request = JsonSerializer.SerializeToUtf8Bytes(
            new(details.Quote!, messages, signature), CashuJson.Default.MintRequest);
        await log.ContinueAsync(tx, op, details, "/v1/mint/bolt11", request, ct);
        return op with
        {
            State = "open",
            Path = "/v1/mint/bolt11",
            Request = request,
            DetailsJson = details.Write(),
        };
    }

    async Task FinishAsync(Operation op, IReadOnlyList<EcashProof> proofs, CancellationToken ct)
    {
        var details = op.Details;
        var payment = new ReceivedPayment(
            op.Id, PaymentPurpose.Parse(details.Purpose!), AccountCode.Mint(op.Mint), Msat.FromSat(op.AmountSat),
            details.Rail!, details.PaymentHash!)
        {
            Payer = details.Payer,
            Nutzap = details.Nutzap,
            Given = Msat.FromSat(details.GrossSat > 0 ? details.GrossSat : op.AmountSat),
        };
        await db.InTransactionAsync(
            async tx =>
            {
                await log.EndAsync(tx, op, "done", details, null, ct);
                await EcashRows.AddAsync(tx, op.Id, op.Mint, proofs, ct);
                await receivers.ReceiveAsync(tx, payment, ct);
            },
            ct);
        LogPaid(op.Id, payment.Amount, op.Mint, payment.Purpose.Word);
    }

    SecretKey Key(Guid id) => seed.Key("mint-quote", id.ToString("n"));

    /// <summary>20008; mints before it had a code say it in words.</summary>
    static bool IsAboutSignature(Exchange.Outcome.Refused refused) =>
        refused.Code == 20008 || refused.Detail.Contains("signature", StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(LogLevel.Information, "An invoice of {Amount} at {Mint} was paid for a {Word}, operation {Id}")]
    partial void LogPaid(Guid id, Msat amount, string mint, string word);

    [LoggerMessage(LogLevel.Error, "Operation {Id}: {Mint} does not mint what was paid ({Code}); it is asked again")]
    partial void LogStuck(Guid id, string mint, int code);
}
