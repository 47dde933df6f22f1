using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Takes somebody's ecash: looks at every proof, swaps them for ours, and only then tells whom the money is for, in the
/// transaction that makes it ours.
/// </summary>
sealed partial class ReceiveToken(
    NpgsqlDataSource db, MintClient mints, MintKeysets keysets, UnusedCounters counters, OperationLog log,
    Exchange exchange, PaymentReceivers receivers, WalletSeed seed, IOptions<CashuOptions> options,
    TimeProvider clock, ILogger<ReceiveToken> logger)
{
    public async Task<ReceiveOutcome> HandleAsync(TokenPayment payment, CancellationToken ct)
    {
        if (await log.ReadAsync(payment.Id, ct) is null)
        {
            try
            {
                await PrepareAsync(payment, ct);
            }
            catch (ProblemException e)
            {
                // What was written down is not refused any more, whatever happened since.
                if (await log.ReadAsync(payment.Id, ct) is null) return new ReceiveOutcome.Refused(e.Problem);
            }
        }
        else if (await log.ClaimAsync(payment.Id, ct) is { } earlier)
        {
            await RunAsync(earlier, ct);
        }

        return ReceiveOutcome.Of(await log.ReadAsync(payment.Id, ct));
    }

    /// <summary>Sends what is due and writes down what came of it.</summary>
    public async Task RunAsync(Operation op, CancellationToken ct)
    {
        switch (await exchange.SendAsync(op, ct))
        {
            case Exchange.Outcome.Signed signed:
                await FinishAsync(op, signed.Proofs, ct);
                break;
            case Exchange.Outcome.Unknown unknown:
                await log.PostponeAsync(op, null, unknown.IsInDoubt, ct);
                break;
            case Exchange.Outcome.Refused { HasRotated: true }:
                await PrepareAgainAsync(op, ct);
                break;
            case Exchange.Outcome.Refused refused:
                await FailAsync(op, CashuProblems.MintRefused with { Detail = refused.Detail }, ct);
                break;
            case Exchange.Outcome.Spent:
                await FailAsync(op, CashuProblems.Spent, ct);
                break;
        }
    }

    async Task PrepareAsync(TokenPayment payment, CancellationToken ct)
    {
        var token = payment.Token;
        if (!receivers.Knows(payment.Purpose)) throw new ProblemException(CashuProblems.NobodyReceives);
        if (!mints.Mints.Contains(token.Mint))
        {
            var ours = $"We take ecash of: {string.Join(", ", mints.Mints)}.";
            throw new ProblemException(CashuProblems.MintNotListed with { Detail = ours });
        }

        if (token.Unit != "sat") throw new ProblemException(CashuProblems.WrongUnit);
        CashuToken.Check(token);
        var (proofs, fee) = await ProveAsync(payment, ct);
        var gross = checked((long)token.Amount);
        if (gross <= fee) throw new ProblemException(CashuProblems.TooLittle with { Detail = $"That is {fee} sat." });

        var active = await counters.ActiveAsync(token.Mint, ct);
        var details = new OperationDetails
        {
            Purpose = payment.Purpose.ToString(),
            Rail = payment.Rail,
            Payer = payment.Payer,
            Nutzap = payment.Nutzap,
            IsPublic = payment.IsPublic,
            GrossSat = gross,
            InputFeeSat = fee,
            Reference = Reference(proofs),
        };
        var op = new Operation
        {
            Id = payment.Id,
            Kind = "receive",
            State = "open",
            Mint = token.Mint,
            AmountSat = gross - fee,
            Version = 1,
        };
        op = await db.InTransactionAsync(tx => WriteAsync(tx, op, details, active, proofs, payment.Key, ct), ct);
        // From here on it is our business, whoever hangs up; the mint's time is bounded.
        await RunAsync(op, CancellationToken.None);
    }

    /// <summary>The proofs with full keyset ids, each the mint's and ours to spend; and their fee.</summary>
    async Task<(IReadOnlyList<Proof> Proofs, long Fee)> ProveAsync(TokenPayment payment, CancellationToken ct)
    {
        var sets = new List<Keyset>();
        List<Proof> proofs = [];
        // A nutzap is a statement to everybody, who can check it by nothing else (NIP-61).
        var mustShow = options.Value.RequireDleq || payment.Rail == "nutzap";
        foreach (var proof in payment.Token.Proofs)
        {
            var keyset = await keysets.ResolveAsync(payment.Token.Mint, proof.Id, ct);
            sets.Add(keyset);
            proofs.Add(proof with { Id = keyset.Id, Witness = null });
            var problem = keyset.Keys.TryGetValue(proof.Amount, out var key)
                ? proof.RefuseSignature(key, mustShow) ?? Witness.Refuse(proof, payment.Key?.Pubkey, clock.GetUtcNow())
                : CashuProblems.WrongAmount;
            if (problem is not null) throw new ProblemException(problem);
        }

        return (proofs, MintKeysets.Fee(sets));
    }

    async Task<Operation> WriteAsync(
        NpgsqlTransaction tx, Operation op, OperationDetails details, Keyset active, IReadOnlyList<Proof> proofs,
        SecretKey? key, CancellationToken ct)
    {
        await RefuseExposureAsync(tx, op, ct);
        var request = op with { Path = "/v1/swap" };
        if (!await log.AddAsync(tx, request, details, ct)) throw new ProblemException(CashuProblems.UnderWay);
        if (!await EcashRows.ClaimInputsAsync(tx, op.Id, proofs, ct))
        {
            throw new ProblemException(CashuProblems.AlreadyReceived);
        }

        var body = await SwapAsync(tx, op, active, proofs, key, ct);
        await log.ContinueAsync(tx, op, details, "/v1/swap", body, ct);
        return request with { Request = body, DetailsJson = details.Write() };
    }

    async Task<byte[]> SwapAsync(
        NpgsqlTransaction tx, Operation op, Keyset active, IReadOnlyList<Proof> proofs, SecretKey? key,
        CancellationToken ct)
    {
        var amounts = active.Split((ulong)op.AmountSat) ?? throw new ProblemException(CashuProblems.WrongAmount);
        Wanted[] wanted = [.. amounts.Select(amount => new Wanted((long)amount, "keep"))];
        var outputs = await EcashRows.PlanAsync(tx, seed, op.Id, op.Stage, active.Id, wanted, ct);
        BlindedMessage[] messages = [.. outputs.Select(output => output.Message)];
        // Of a proof of equality the mint could learn which of its signatures this was.
        Proof[] inputs = [.. proofs.Select(proof => proof with { Dleq = null })];
        if (key is not null) inputs = Witness.Sign(inputs, messages, null, key);
        return JsonSerializer.SerializeToUtf8Bytes(new(inputs, messages), CashuJson.Default.SwapRequest);
    }

    async Task RefuseExposureAsync(NpgsqlTransaction tx, Operation op, CancellationToken ct)
    {
        var held = Msat.Zero - await Books.BalanceAsync(tx, AccountCode.Mint(op.Mint), ct);
        var soon = held.Sat + await EcashRows.UnderWayAsync(tx, op.Mint, ct) + op.AmountSat;
        if (soon > options.Value.ExposureMaxSat) throw new ProblemException(CashuProblems.Exposure);
    }

    /// <summary>The mint changed its keys meanwhile: the same proofs for outputs of its new keyset.</summary>
    async Task PrepareAgainAsync(Operation op, CancellationToken ct)
    {
        var active = await counters.ActiveAsync(op.Mint, ct);
        var inputs = JsonSerializer.Deserialize(op.Request, CashuJson.Default.SwapRequest)!.Inputs;
        if (inputs.Any(input => SpendingCondition.Parse(input.Secret) is { SignsAll: true }))
        {
            // Its signature covers the old outputs, and the key is not ours to ask for again here.
            var rotated = CashuProblems.MintRefused with { Detail = "Its keyset was rotated: send it again." };
            await FailAsync(op, rotated, ct);
            return;
        }

        await db.InTransactionAsync(
            async tx =>
            {
                await EcashRows.ForgetOutputsAsync(tx, op, ct);
                var wanted = active.Split((ulong)op.AmountSat)!.Select(amount => new Wanted((long)amount, "keep"));
                var outputs = await EcashRows.PlanAsync(tx, seed, op.Id, op.Stage, active.Id, [.. wanted], ct);
                BlindedMessage[] messages = [.. outputs.Select(output => output.Message)];
                var body = JsonSerializer.SerializeToUtf8Bytes(new(inputs, messages), CashuJson.Default.SwapRequest);
                await log.ContinueAsync(tx, op, op.Details, op.Path!, body, ct);
                op = op with { Request = body };
            },
            ct);
        await RunAsync(op, ct);
    }

    async Task FinishAsync(Operation op, IReadOnlyList<EcashProof> proofs, CancellationToken ct)
    {
        var details = op.Details;
        var payment = new ReceivedPayment(
            op.Id, PaymentPurpose.Parse(details.Purpose!), AccountCode.Mint(op.Mint), Msat.FromSat(op.AmountSat),
            details.Rail!, details.Reference!)
        {
            Payer = details.Payer,
            Nutzap = details.Nutzap,
            IsPublic = details.IsPublic,
            Paid = Msat.FromSat(details.GrossSat),
        };
        await db.InTransactionAsync(
            async tx =>
            {
                await log.EndAsync(tx, op, "done", details, null, ct);
                await EcashRows.AddAsync(tx, op.Id, op.Mint, proofs, ct);
                await receivers.ReceiveAsync(tx, payment, ct);
            },
            ct);
        LogReceived(op.Id, payment.Amount, op.Mint, payment.Purpose.Word);
    }

    async Task FailAsync(Operation op, Problem problem, CancellationToken ct)
    {
        var tell = await receivers.RefuseAsync(op, problem, ct);
        await db.InTransactionAsync(
            async tx =>
            {
                await log.EndAsync(tx, op, "failed", op.Details, problem, ct);
                await EcashRows.ReleaseInputsAsync(tx, op.Id, ct);
                await tell(tx);
            },
            ct);
        LogRefused(op.Id, op.Mint, problem.Code);
    }

    /// <summary>Of the proofs, whatever their order: what the payment is called for ever.</summary>
    static string Reference(IReadOnlyList<Proof> proofs) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.ASCII.GetBytes(string.Concat(proofs.Select(proof => proof.Y).Order(StringComparer.Ordinal)))));

    [LoggerMessage(LogLevel.Information, "Received {Amount} of ecash of {Mint} for a {Word} by operation {Id}")]
    partial void LogReceived(Guid id, Msat amount, string mint, string word);

    [LoggerMessage(LogLevel.Information, "Operation {Id}: ecash of {Mint} was refused: {Code}")]
    partial void LogRefused(Guid id, string mint, string code);
}
