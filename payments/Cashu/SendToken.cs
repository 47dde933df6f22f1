using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Crypto;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Makes a token for somebody: for whoever holds it, or for one key. Its outputs are written down before the mint is
/// asked, and it is kept before it is returned, so that asking again is the same token.
/// </summary>
sealed partial class SendToken(
    NpgsqlDataSource db, MintKeysets keysets, OperationLog log, Outgoing outgoing, WalletSeed seed,
    ILogger<SendToken> logger)
{
    public async Task<CashuToken> HandleAsync(TokenOrder order, CancellationToken ct)
    {
        try
        {
            if (await log.ReadAsync(order.Id, ct) is null) await PrepareAsync(order, ct);
            else if (await log.ClaimAsync(order.Id, ct) is { } earlier) await RunAsync(earlier, ct);
        }
        catch (ProblemException)
        {
            // What was written down has not failed, whatever happened since.
            if (await log.ReadAsync(order.Id, ct) is null) throw;
        }

        return await log.ReadAsync(order.Id, ct) switch
        {
            { Kind: not "send" } => throw new ProblemException(CashuProblems.OtherOperation),
            { State: "done" } op => await TokenAsync(op, ct),
            { State: "failed", ProblemCode: { } code } op => throw new ProblemException(
                KnownProblems.Of(code) with { Detail = op.ProblemDetail }),
            _ => throw new ProblemException(CashuProblems.UnderWay),
        };
    }

    /// <summary>False when it is made already, or being made: then it must be asked for, not replaced.</summary>
    public Task<bool> GiveUpAsync(Guid id, CancellationToken ct) =>
        log.GiveUpAsync(id, "send", CashuProblems.MintRefused, ct);

    public async Task RunAsync(Operation op, CancellationToken ct)
    {
        if (await outgoing.SwapAsync(op, OutputsOf(op), CashuProblems.MintRefused, ct) is { } swapped)
        {
            await FinishAsync(swapped.Op, swapped.Proofs, ct);
        }
    }

    async Task PrepareAsync(TokenOrder order, CancellationToken ct)
    {
        if (order.Amount.Value % 1_000 != 0 || order.Amount <= Msat.Zero
            || (order.LockTo is { } key && CurvePoint.Parse(key) is null))
        {
            throw new ProblemException(CashuProblems.WrongAmount with { Detail = "Whole sats, to a key." });
        }

        if (order.LockTo is not null) await keysets.RequireAsync(order.Mint, 11, ct);
        var op = new Operation
        {
            Id = order.Id,
            Kind = "send",
            State = "open",
            Mint = order.Mint,
            Version = 1,
            AmountSat = order.Amount.Sat,
            BookedSat = order.Amount.Sat,
            DetailsJson = new OperationDetails { Account = order.Account, LockTo = order.LockTo }.Write(),
        };
        await RunAsync(await outgoing.BeginAsync(op, OutputsOf(op), ct), CancellationToken.None);
    }

    static WantedOf OutputsOf(Operation op) => keyset =>
    [
        .. (keyset.Split((ulong)op.AmountSat) ?? throw new ProblemException(CashuProblems.WrongAmount))
            .Select(amount => new Wanted((long)amount, "give", op.Details.LockTo ?? EcashOutput.Bearer)),
    ];

    async Task FinishAsync(Operation op, IReadOnlyList<EcashProof> proofs, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async tx =>
            {
                await log.EndAsync(tx, op, "done", op.Details, null, ct);
                await EcashRows.SettleAsync(tx, op.Id, isSpent: true, ct);
                await EcashRows.AddAsync(tx, op.Id, op.Mint, proofs, ct);
                if (op.Details.InputFeeSat is > 0 and var fee)
                {
                    await Books.PostAsync(tx, Outgoing.Cost(op, "send-fee", fee), ct);
                }
            },
            ct);
        LogSent(op.Id, op.AmountSat, op.Mint);
    }

    async Task<CashuToken> TokenAsync(Operation op, CancellationToken ct)
    {
        var given = await EcashRows.ProofsOfAsync(db, op.Id, "given", ct);
        return new(op.Mint, "sat", [.. given.Select(proof => proof.Reveal(seed))]);
    }

    [LoggerMessage(LogLevel.Information, "Made a token of {Sat} sat of {Mint} by operation {Id}")]
    partial void LogSent(Guid id, long sat, string mint);
}

/// <summary>A token that is to be made.</summary>
/// <param name="Id">Idempotency key.</param>
/// <param name="Account">Code of the account that pays for it.</param>
/// <param name="Amount">Whole sats: what the token says. What making it costs is ours.</param>
/// <param name="Mint">One of ours.</param>
/// <param name="LockTo">The key that alone can spend it, 33 bytes in hex; null for whoever holds it.</param>
public sealed record TokenOrder(Guid Id, string Account, Msat Amount, string Mint, string? LockTo = null);
