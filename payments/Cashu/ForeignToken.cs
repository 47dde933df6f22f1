using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments.Lightning;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Takes ecash of a mint that is not ours, where the operator allows it: that mint is made to pay an invoice of ours
/// with it (NUT-05). None of its ecash ever becomes ours, and nothing that it says counts: what counts is that our
/// invoice is paid. What it does not pay stays its sender's.
/// </summary>
sealed partial class ForeignToken(
    NpgsqlDataSource db, MintClient mints, OperationLog log, Exchange exchange, MintInvoice invoices,
    PaymentReceivers receivers, IOptions<CashuOptions> options, TimeProvider clock, ILogger<ForeignToken> logger)
{
    /// <summary>Mints reserve one in a hundred and two sats at least as a rule; else there is a lower offer.</summary>
    const int OffersMax = 3;
    const int KeysetsMax = 256;
    static readonly TimeSpan PayWithin = TimeSpan.FromHours(1);

    public async Task<ReceiveOutcome> HandleAsync(TokenPayment payment, CancellationToken ct)
    {
        var id = Uuid5.Of("foreign", payment.Id.ToString("n"));
        if (await log.ReadAsync(id, ct) is null)
        {
            try
            {
                await PrepareAsync(id, payment, ct);
            }
            catch (ProblemException e)
            {
                // What was written down is not refused any more, whatever happened since.
                if (await log.ReadAsync(id, ct) is null) return new ReceiveOutcome.Refused(e.Problem);
            }
        }
        else if (await log.ClaimAsync(id, ct) is { } earlier)
        {
            await RunAsync(earlier, ct);
        }

        return ReceiveOutcome.Of(await log.ReadAsync(id, ct));
    }

    /// <summary>Has the mint pay, and ends it by what became of our invoice.</summary>
    public async Task RunAsync(Operation op, CancellationToken ct)
    {
        if (op.Attempts > 0 && await EndByInvoiceAsync(op, ct)) return;

        var standing = await exchange.MeltAsync(op, ct);
        if (await EndByInvoiceAsync(op, ct)) return;

        var states = standing.IsUnpaid && !standing.IsInDoubt && !log.IsInDoubt(op)
            ? await exchange.StatesAsync(op, ct)
            : null;
        if (states is null || states.Contains("PENDING"))
        {
            await log.PostponeAsync(op, standing.Details, standing.IsInDoubt, ct);
            return;
        }

        // Should it pay after all, the invoice is still looked at, and the money is the payer's.
        await EndAsync(op, "failed", states.Contains("SPENT") ? CashuProblems.Spent : CashuProblems.ForeignUnpaid, ct);
    }

    async Task PrepareAsync(Guid id, TokenPayment payment, CancellationToken ct)
    {
        if (!receivers.Knows(payment.Purpose)) throw new ProblemException(CashuProblems.NobodyReceives);
        if (Refuse(payment, options.Value, mints.Mints, clock.GetUtcNow()) is { } problem)
        {
            throw new ProblemException(problem);
        }

        CashuToken.Check(payment.Token);
        var (proofs, fee) = await PriceAsync(payment.Token, ct);
        var states = await exchange.StatesAsync(payment.Token.Mint, [.. proofs.Select(proof => proof.Y)], ct)
            ?? throw new ProblemException(CashuProblems.MintUnreachable);
        if (states.Contains("SPENT")) throw new ProblemException(CashuProblems.Spent);
        if (states.Contains("PENDING")) throw new ProblemException(CashuProblems.UnderWay);

        var (invoice, quote) = await AgreeAsync(payment, (long)payment.Token.Amount - fee, ct);
        var inputs = payment.Key is { } key ? Witness.Sign(proofs, [], quote.Quote, key) : proofs;
        var op = new Operation
        {
            Id = id,
            Kind = "foreign",
            State = "open",
            Mint = payment.Token.Mint,
            Version = 1,
            AmountSat = (long)quote.Amount,
            Path = Exchange.MeltPath,
            Request = JsonSerializer.SerializeToUtf8Bytes(
                new(quote.Quote, inputs, null), CashuJson.Default.MeltRequest),
            DetailsJson = new OperationDetails
            {
                Purpose = payment.Purpose.ToString(),
                Payer = payment.Payer,
                GrossSat = (long)payment.Token.Amount,
                InputFeeSat = fee,
                ReserveSat = (long)quote.FeeReserve,
                Quote = quote.Quote,
                PaymentHash = invoice.PaymentHash,
                Invoice = invoice.Id,
            }.Write(),
        };
        await db.InTransactionAsync(tx => WriteAsync(tx, op, inputs, ct), ct);
        // From here on it is our business, whoever hangs up; the mint's time is bounded.
        await RunAsync(op, CancellationToken.None);
    }

    /// <summary>Pure: what can be said before that mint is asked. Null means that it is worth asking.</summary>
    internal static Problem? Refuse(
        TokenPayment payment, CashuOptions options, IReadOnlyList<string> mints, DateTimeOffset now)
    {
        var ours = $"Of any other than {string.Join(", ", mints)} at most {options.ForeignTokenMaxSat} sat.";
        return payment.Token.Unit != "sat" ? CashuProblems.WrongUnit :
            payment.Token.Amount > (ulong)options.ForeignTokenMaxSat
                ? CashuProblems.ForeignTooMuch with { Detail = ours } :
            payment.Token.Proofs.Any(proof => !Keyset.IsSupported(proof.Id) && !Keyset.IsShort(proof.Id))
                ? CashuProblems.UnsupportedKeyset :
            payment.Token.Proofs.Select(proof => Witness.Refuse(proof, payment.Key?.Pubkey, now))
                .FirstOrDefault(problem => problem is not null);
    }

    /// <summary>The proofs as the mint wants to see them, and what it charges for spending them.</summary>
    async Task<(Proof[] Proofs, long Fee)> PriceAsync(CashuToken token, CancellationToken ct)
    {
        if (await mints.AskAsync(token.Mint, "/v1/keysets", null, false, ct) is not { IsOk: true } answer
            || Exchange.Read(answer, CashuJson.Default.KeysetsReply)?.Keysets is not { } listed)
        {
            throw new ProblemException(CashuProblems.MintUnreachable);
        }

        var known = listed.Take(KeysetsMax).Where(keyset => keyset is { Id: not null, InputFeePpk: null or >= 0 })
            .ToList();
        var feePpk = 0L;
        List<Proof> proofs = [];
        foreach (var proof in token.Proofs)
        {
            var found = known.FindAll(keyset => keyset.Id.StartsWith(proof.Id, StringComparison.Ordinal));
            if (found.Count != 1) throw new ProblemException(
                found.Count == 0 ? CashuProblems.UnknownKeyset : CashuProblems.AmbiguousKeyset);
            if (found[0].Unit != token.Unit) throw new ProblemException(CashuProblems.WrongUnit);
            feePpk += found[0].InputFeePpk ?? 0;
            proofs.Add(proof with { Id = found[0].Id, Dleq = null, Witness = null });
        }

        return ([.. proofs], (feePpk + 999) / 1_000);
    }

    /// <summary>An invoice of ours so high that the rest of the token covers what the mint reserves.</summary>
    async Task<(LightningInvoice Invoice, MeltQuoteReply Quote)> AgreeAsync(
        TokenPayment payment, long worthSat, CancellationToken ct)
    {
        var amount = worthSat - Math.Max(2, (worthSat + 99) / 100);
        for (var offer = 0; offer < OffersMax && amount > 0; offer++)
        {
            var invoice = await invoices.HandleAsync(
                new(
                    Guid.NewGuid(), payment.Purpose, payment.Rail, Msat.FromSat(amount), "Ecash of another mint",
                    clock.GetUtcNow() + PayWithin)
                {
                    Payer = payment.Payer,
                    Nutzap = payment.Nutzap,
                    Given = Msat.FromSat((long)payment.Token.Amount),
                },
                ct);
            var quote = await QuoteAsync(payment.Token.Mint, invoice, ct);
            var missing = amount + (long)quote.FeeReserve - worthSat;
            if (missing <= 0) return (invoice, quote);
            amount -= missing;
        }

        throw new ProblemException(CashuProblems.TooLittle);
    }

    /// <summary>Its words go into an answer that we sign, so that they are left out.</summary>
    async Task<MeltQuoteReply> QuoteAsync(string mint, LightningInvoice invoice, CancellationToken ct)
    {
        try
        {
            return await MintQuotes.AskMeltAsync(
                exchange, mint, new(invoice.Id, "", invoice.Bolt11, Bolt11.Read(invoice.Bolt11).Amount!.Value), ct);
        }
        catch (ProblemException e)
        {
            throw new ProblemException(
                (e.Problem.Code == CashuProblems.PaymentFailed.Code ? CashuProblems.ForeignUnpaid : e.Problem) with
                {
                    Detail = null,
                });
        }
    }

    async Task WriteAsync(NpgsqlTransaction tx, Operation op, Proof[] inputs, CancellationToken ct)
    {
        await tx.RunAsync(OneAtATime, null, ct);
        var underWay = await tx.OneAsync<long>(SelectUnderWay, null, ct);
        if (underWay + op.AmountSat > options.Value.ForeignUnderWayMaxSat)
        {
            throw new ProblemException(CashuProblems.ForeignBusy);
        }

        if (!await log.AddAsync(tx, op, op.Details, ct)) throw new ProblemException(CashuProblems.UnderWay);
        if (!await EcashRows.ClaimInputsAsync(tx, op.Id, inputs, ct))
        {
            throw new ProblemException(CashuProblems.AlreadyReceived);
        }
    }

    /// <summary>True when our invoice was paid, or can be paid no more, whatever the mint says of it.</summary>
    async Task<bool> EndByInvoiceAsync(Operation op, CancellationToken ct)
    {
        var id = op.Details.Invoice;
        if (await log.ClaimAsync(id, ct) is { } invoice) await invoices.RunAsync(invoice, ct);
        switch (await log.ReadAsync(id, ct))
        {
            case { State: "done" } paid:
                await EndAsync(op, "done", null, ct);
                LogPaid(op.Id, op.Mint, op.Details.GrossSat, paid.AmountSat);
                return true;
            case { State: "failed" }:
                var hash = $"Payment hash {op.Details.PaymentHash}.";
                await EndAsync(op, "failed", CashuProblems.ForeignKept with { Detail = hash }, ct);
                return true;
            default:
                return false;
        }
    }

    async Task EndAsync(Operation op, string state, Problem? problem, CancellationToken ct)
    {
        var tell = problem is null ? null : await receivers.RefuseAsync(op, problem, ct);
        await db.InTransactionAsync(
            async tx =>
            {
                await log.EndAsync(tx, op, state, op.Details, problem, ct);
                if (state == "failed") await EcashRows.ReleaseInputsAsync(tx, op.Id, ct);
                if (tell is not null) await tell(tx);
            },
            ct);
        if (problem is not null) LogUnpaid(op.Id, op.Mint, problem.Code);
    }

    /// <summary>So that all together stay within the limit.</summary>
    const string OneAtATime = "select pg_advisory_xact_lock(hashtextextended('ecash foreign', 4851))";

    const string SelectUnderWay = """
        select coalesce(sum(amount_sat), 0)::bigint
          from payments.ecash_op
         where kind = 'foreign' and ended_at is null
        """;

    [LoggerMessage(LogLevel.Information, "Operation {Id}: {Mint} paid for a token of {Gross} sat; {Sat} sat arrived")]
    partial void LogPaid(Guid id, string mint, long gross, long sat);

    [LoggerMessage(LogLevel.Information, "Operation {Id}: {Mint} did not pay for a token: {Code}")]
    partial void LogUnpaid(Guid id, string mint, string code);
}
