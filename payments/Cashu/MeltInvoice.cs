using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Money out by Lightning: a mint pays an invoice for our ecash (NUT-05, NUT-08). Two requests: a swap that makes the
/// exact amount, since what is overpaid is at risk, and the payment. What is not known to have failed is not undone.
/// </summary>
sealed partial class MeltInvoice(
    NpgsqlDataSource db, MintClient mints, UnusedCounters counters, OperationLog log, Exchange exchange,
    Outgoing outgoing, WalletSeed seed, ILogger<MeltInvoice> logger)
{
    public async Task<PayOutcome> HandleAsync(LightningPayment payment, CancellationToken ct)
    {
        try
        {
            if (await log.ReadAsync(payment.Id, ct) is null) await PrepareAsync(payment, ct);
            else if (await log.ClaimAsync(payment.Id, ct) is { } earlier) await RunAsync(earlier, ct);
        }
        catch (ProblemException e)
        {
            // What was written down has not failed, whatever happened since; what was not will never be.
            await log.GiveUpAsync(payment.Id, "melt", e.Problem, ct);
        }

        return await log.ReadAsync(payment.Id, ct) switch
        {
            { State: "done", Details: var details } =>
                new PayOutcome.Succeeded(details.Preimage ?? "", Msat.FromSat(details.FeeSat)),
            { State: "failed", ProblemCode: { } code } op =>
                new PayOutcome.Failed(KnownProblems.Of(code) with { Detail = op.ProblemDetail }),
            _ => new PayOutcome.Unknown(),
        };
    }

    public async Task RunAsync(Operation op, CancellationToken ct)
    {
        if (op.Path == Exchange.MeltPath)
        {
            await MeltAsync(op, ct);
            return;
        }

        if (await outgoing.SwapAsync(op, OutputsOf(op), CashuProblems.PaymentFailed, ct) is { } swapped)
        {
            await MeltAsync(await PrepareMeltAsync(swapped.Op, swapped.Proofs, ct), ct);
        }
    }

    /// <summary>Asks for the price at the first mint of ours that can pay it, and writes the payment down.</summary>
    async Task PrepareAsync(LightningPayment payment, CancellationToken ct)
    {
        var last = CashuProblems.InsufficientEcash;
        foreach (var mint in mints.Mints)
        {
            try
            {
                await PrepareAsync(payment, mint, ct);
                return;
            }
            catch (ProblemException e) when (e.Problem.Code.StartsWith("cashu/", StringComparison.Ordinal))
            {
                last = e.Problem;
                if (await log.ReadAsync(payment.Id, ct) is not null) throw;
            }
        }

        throw new ProblemException(last);
    }

    async Task PrepareAsync(LightningPayment payment, string mint, CancellationToken ct)
    {
        var quote = await MintQuotes.AskMeltAsync(exchange, mint, payment, ct);
        var op = new Operation
        {
            Id = payment.Id,
            Kind = "melt",
            State = "open",
            Mint = mint,
            Version = 1,
            AmountSat = (long)quote.Amount,
            BookedSat = (long)(quote.Amount + quote.FeeReserve),
            DetailsJson = new OperationDetails
            {
                Account = payment.Account,
                Quote = quote.Quote,
                Bolt11 = payment.Bolt11,
                ReserveSat = (long)quote.FeeReserve,
            }.Write(),
        };
        await RunAsync(await outgoing.BeginAsync(op, OutputsOf(op), ct), CancellationToken.None);
    }

    static WantedOf OutputsOf(Operation op) => keyset =>
    [
        .. (CoinSelection.Gross(keyset, op.BookedSat) ?? throw new ProblemException(CashuProblems.WrongAmount))
            .Select(amount => new Wanted((long)amount, "spend")),
    ];

    /// <summary>The swap is done: its proofs pay, and blanks take what is left of the reserve.</summary>
    async Task<Operation> PrepareMeltAsync(Operation op, IReadOnlyList<EcashProof> proofs, CancellationToken ct)
    {
        var active = await counters.ActiveAsync(op.Mint, ct);
        List<EcashProof> inputs = [.. proofs.Where(proof => proof.Use == "spend")];
        var sets = await outgoing.SetsOfAsync(op.Mint, inputs, ct);
        var details = op.Details with
        {
            InputsSat = inputs.Sum(input => input.AmountSat),
            InputFeeSat = MintKeysets.Fee(inputs.Select(input => sets[input.Keyset])),
        };
        var next = op with { Stage = op.Stage + 1, Path = Exchange.MeltPath };
        return await db.InTransactionAsync(
            async tx =>
            {
                await EcashRows.SettleAsync(tx, op.Id, isSpent: true, ct);
                await EcashRows.AddAsync(tx, op.Id, op.Mint, proofs, ct);
                Wanted[] blanks = [.. Enumerable.Repeat(new Wanted(0, "blank"), Blanks(details.ReserveSat))];
                var outputs = await EcashRows.PlanAsync(tx, seed, op.Id, next.Stage, active.Id, blanks, ct);
                var request = JsonSerializer.SerializeToUtf8Bytes(
                    new(
                        details.Quote!, [.. inputs.Select(input => input.Spend(seed))],
                        [.. outputs.Select(output => output.Message)]),
                    CashuJson.Default.MeltRequest);
                await log.ContinueAsync(tx, next, details, Exchange.MeltPath, request, ct);
                if (op.Details.InputFeeSat is > 0 and var fee)
                {
                    await Books.PostAsync(tx, Outgoing.Cost(op, "swap-fee", fee), ct);
                }

                return next with { Request = request, DetailsJson = details.Write() };
            },
            ct);
    }

    async Task MeltAsync(Operation op, CancellationToken ct)
    {
        var standing = await exchange.MeltAsync(op, ct);
        var (details, isInDoubt) = (standing.Details, standing.IsInDoubt);
        if (standing.IsPaid) await PaidAsync(op, details, standing.Quote!, standing.IsDirect, ct);
        else if (standing.IsUnpaid) await UnpaidAsync(op, details, isInDoubt, ct);
        else await log.PostponeAsync(op, details, isInDoubt, ct);
    }

    /// <summary>
    /// Undone only when nothing of ours is on its way, the mint says unpaid and unspent, and said so before, longer
    /// ago than a payment hides: a mint may take a payment for failed that is still in flight.
    /// </summary>
    async Task UnpaidAsync(Operation op, OperationDetails details, bool isInDoubt, CancellationToken ct)
    {
        var states = await exchange.StatesAsync(op, ct);
        var isUnspent = states is not null && states.All(state => state == "UNSPENT");
        if (isInDoubt || !isUnspent)
        {
            await log.PostponeAsync(op, details with { SeenUnpaid = false }, isInDoubt, ct);
        }
        else if (!details.SeenUnpaid)
        {
            await log.PostponeAsync(op, details with { SeenUnpaid = true }, inDoubt: true, ct);
        }
        else if (log.IsInDoubt(op))
        {
            await log.PostponeAsync(op, details, inDoubt: false, ct);
        }
        else
        {
            await outgoing.UndoAsync(op, CashuProblems.PaymentFailed, ct);
            LogFailed(op.Id, op.Mint);
        }
    }

    async Task PaidAsync(
        Operation op, OperationDetails details, MeltQuoteReply quote, bool isDirect, CancellationToken ct)
    {
        details = details with { Preimage = quote.PaymentPreimage ?? details.Preimage };
        var blanks = await EcashRows.OutputsAsync(db, op, ct);
        if (await ChangeAsync(op, blanks, quote, ct) is not { } change)
        {
            await log.PostponeAsync(op, details, inDoubt: false, ct);
            return;
        }

        // Nothing came back, and nothing was said about it: a mint that was only asked may not have signed it yet.
        if (change.Count == 0 && quote.Change is null && blanks.Count > 0 && !isDirect && !details.SeenPaid)
        {
            await log.PostponeAsync(op, details with { SeenPaid = true }, inDoubt: true, ct);
            return;
        }

        var sumMax = details.InputsSat - details.InputFeeSat - op.AmountSat;
        if (await exchange.AcceptChangeAsync(op, change, sumMax, ct) is not { } proofs)
        {
            await log.PostponeAsync(op, details, inDoubt: false, ct);
            return;
        }

        await FinishAsync(op, details, proofs, sumMax - proofs.Sum(proof => proof.AmountSat), ct);
    }

    /// <summary>Which blanks the mint filled: as it says now, or as it remembers.</summary>
    async Task<List<(EcashOutput Blank, BlindSignature Signature)>?> ChangeAsync(
        Operation op, List<EcashOutput> blanks, MeltQuoteReply quote, CancellationToken ct)
    {
        if (quote.Change is { Length: > 0 } change)
        {
            return change.Length > blanks.Count ? null : [.. blanks.Zip(change)];
        }

        if (blanks.Count == 0 || quote.Change is not null) return [];

        return await exchange.RestoreAsync(op, blanks, ct) is { } restored
            ? [.. from blank in blanks where restored.ContainsKey(blank.B) select (blank, restored[blank.B])]
            : null;
    }

    async Task FinishAsync(
        Operation op, OperationDetails details, IReadOnlyList<EcashProof> change, long lightningSat,
        CancellationToken ct)
    {
        var charged = Math.Min(lightningSat, details.ReserveSat);
        var ours = details.InputFeeSat + lightningSat - charged;
        List<Transfer> transfers = [];
        if (ours > 0) transfers.Add(Outgoing.Cost(op, "melt-fee", ours));
        if (details.ReserveSat > charged)
        {
            transfers.Add(new(
                Uuid5.Of("ecash-melt-left", op.Id.ToString("n")), AccountCode.Mint(op.Mint), details.Account!,
                Msat.FromSat(details.ReserveSat - charged), "ecash-melt-left", op.Id.ToString("n")));
        }

        await db.InTransactionAsync(
            async tx =>
            {
                await log.EndAsync(tx, op, "done", details with { FeeSat = charged }, null, ct);
                await EcashRows.SettleAsync(tx, op.Id, isSpent: true, ct);
                await EcashRows.AddAsync(tx, op.Id, op.Mint, change, ct);
                if (transfers.Count > 0) await Books.PostAsync(tx, transfers, ct);
            },
            ct);
        LogPaid(op.Id, op.AmountSat, op.Mint, charged);
    }

    /// <summary>NUT-08: blanks for the largest change there can be.</summary>
    internal static int Blanks(long reserve) =>
        reserve == 0 ? 0 : Math.Max((int)Math.Ceiling(Math.Log2(reserve)), 1);

    [LoggerMessage(LogLevel.Information, "Paid an invoice of {Sat} sat by {Mint} for {Fee} sat, operation {Id}")]
    partial void LogPaid(Guid id, long sat, string mint, long fee);

    [LoggerMessage(LogLevel.Information, "Operation {Id}: {Mint} did not pay; the money is back")]
    partial void LogFailed(Guid id, string mint);
}
