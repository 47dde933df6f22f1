using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// What sending ecash and paying invoices share: the money leaves the account with the intent, a swap makes exactly
/// the proofs that are needed, and what does not happen brings all of it back.
/// </summary>
sealed partial class Outgoing(
    NpgsqlDataSource db, MintKeysets keysets, UnusedCounters counters, OperationLog log, Exchange exchange,
    WalletSeed seed, ILogger<Outgoing> logger)
{
    /// <summary>Writes it down with its swap, and books the money out of its account: to the rail.</summary>
    public async Task<Operation> BeginAsync(Operation op, WantedOf wanted, CancellationToken ct)
    {
        var active = await counters.ActiveAsync(op.Mint, ct);
        return await db.InTransactionAsync(
            async tx =>
            {
                if (!await log.AddAsync(tx, op, op.Details, ct)) throw new ProblemException(CashuProblems.UnderWay);
                var planned = await PlanAsync(tx, op, active, wanted, ct);
                await Books.PostAsync(tx, new Transfer(
                    Uuid5.Of($"ecash-{op.Kind}", op.Id.ToString("n")), op.Details.Account!, AccountCode.Mint(op.Mint),
                    Msat.FromSat(op.BookedSat), $"ecash-{op.Kind}", op.Id.ToString("n")), ct);
                return planned;
            },
            ct);
    }

    /// <summary>
    /// Carries the swap on: what it made, and the operation as it was planned last. Null when it made nothing, and
    /// what became of it is written down.
    /// </summary>
    public async Task<Swapped?> SwapAsync(Operation op, WantedOf wanted, Problem failed, CancellationToken ct)
    {
        switch (await exchange.SendAsync(op, ct))
        {
            case Exchange.Outcome.Signed signed:
                return new(op, signed.Proofs);
            case Exchange.Outcome.Unknown unknown:
                await log.PostponeAsync(op, null, unknown.IsInDoubt, ct);
                break;
            case Exchange.Outcome.Refused { HasRotated: true }:
                return await SwapAsync(await PlanAgainAsync(op, wanted, ct), wanted, failed, ct);
            case Exchange.Outcome.Refused refused:
                await UndoAsync(op, failed with { Detail = refused.Detail }, ct);
                break;
            case Exchange.Outcome.Spent:
                // Proofs that only we know were spent by others: nothing is undone by a program here.
                await db.InTransactionAsync(
                    tx => log.EndAsync(tx, op, "lost", op.Details, CashuProblems.Spent, ct), ct);
                LogLost(op.Id, op.Mint);
                break;
        }

        return null;
    }

    /// <summary>Ends an operation of which nothing happened: proofs and money are back where they were.</summary>
    public Task UndoAsync(Operation op, Problem problem, CancellationToken ct) => db.InTransactionAsync(
        async tx =>
        {
            await log.EndAsync(tx, op, "failed", op.Details, problem, ct);
            await EcashRows.SettleAsync(tx, op.Id, isSpent: false, ct);
            await Books.PostAsync(tx, new Transfer(
                Uuid5.Of($"ecash-{op.Kind}-back", op.Id.ToString("n")), AccountCode.Mint(op.Mint), op.Details.Account!,
                Msat.FromSat(op.BookedSat), $"ecash-{op.Kind}-back", op.Id.ToString("n")), ct);
        },
        ct);

    /// <summary>What a mint took from us: no customer's business.</summary>
    public static Transfer Cost(Operation op, string what, long sat) => new(
        Uuid5.Of($"ecash-{what}", op.Id.ToString("n")), AccountCode.RailCost, AccountCode.Mint(op.Mint),
        Msat.FromSat(sat), $"ecash-{what}", op.Id.ToString("n"));

    /// <summary>The keysets of these proofs, by id.</summary>
    public async Task<Dictionary<string, Keyset>> SetsOfAsync(
        string mint, IEnumerable<EcashProof> proofs, CancellationToken ct)
    {
        Dictionary<string, Keyset> sets = [];
        foreach (var id in proofs.Select(proof => proof.Keyset).Distinct())
        {
            sets[id] = await keysets.ResolveAsync(mint, id, ct);
        }

        return sets;
    }

    /// <summary>A swap whose keyset signs no more, with another one.</summary>
    async Task<Operation> PlanAgainAsync(Operation op, WantedOf wanted, CancellationToken ct)
    {
        var active = await counters.ActiveAsync(op.Mint, ct);
        return await db.InTransactionAsync(
            async tx =>
            {
                await EcashRows.ForgetOutputsAsync(tx, op, ct);
                await EcashRows.SettleAsync(tx, op.Id, isSpent: false, ct);
                return await PlanAsync(tx, op, active, wanted, ct);
            },
            ct);
    }

    /// <summary>A swap that makes what is wanted out of what we hold, the rest coming back to us.</summary>
    async Task<Operation> PlanAsync(
        NpgsqlTransaction tx, Operation op, Keyset active, WantedOf wanted, CancellationToken ct)
    {
        var made = wanted(active);
        var target = made.Sum(one => one.AmountSat);
        var live = await EcashRows.LiveAsync(tx, op.Mint, ct);
        var sets = await SetsOfAsync(op.Mint, live, ct);
        var inputs = CoinSelection.Choose(live, sets, target)
            ?? throw new ProblemException(CashuProblems.InsufficientEcash);
        await EcashRows.TakeAsync(tx, op.Id, inputs, "reserved", ct);
        var fee = MintKeysets.Fee(inputs.Select(input => sets[input.Keyset]));
        var change = active.Split((ulong)(inputs.Sum(input => input.AmountSat) - fee - target))
            ?? throw new ProblemException(CashuProblems.WrongAmount);
        Wanted[] all = [.. made, .. change.Select(amount => new Wanted((long)amount, "keep"))];
        var outputs = await EcashRows.PlanAsync(tx, seed, op.Id, op.Stage, active.Id, all, ct);
        var request = JsonSerializer.SerializeToUtf8Bytes(
            new([.. inputs.Select(input => input.Spend(seed))], [.. outputs.Select(output => output.Message)]),
            CashuJson.Default.SwapRequest);
        var details = op.Details with { InputFeeSat = fee };
        await log.ContinueAsync(tx, op, details, "/v1/swap", request, ct);
        return op with { Path = "/v1/swap", Request = request, DetailsJson = details.Write() };
    }

    [LoggerMessage(LogLevel.Error, "Operation {Id}: our ecash of {Mint} was spent by somebody else")]
    partial void LogLost(Guid id, string mint);
}

/// <summary>The outputs that a swap is for, in amounts that a keyset signs; else a problem.</summary>
delegate IReadOnlyList<Wanted> WantedOf(Keyset keyset);

/// <summary>What a swap made.</summary>
sealed record Swapped(Operation Op, IReadOnlyList<EcashProof> Proofs);
