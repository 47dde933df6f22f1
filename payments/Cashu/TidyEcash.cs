using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Keeps the wallet able to pay: many small proofs become few, since a request takes only so many; and ecash of a
/// keyset that its mint gave up moves to one that it signs with. The mint's fee for it is the platform's.
/// </summary>
sealed partial class TidyEcash(
    NpgsqlDataSource db, MintClient mints, UnusedCounters counters, OperationLog log, Exchange exchange,
    Outgoing outgoing, WalletSeed seed, TimeProvider clock, ILogger<TidyEcash> logger)
{
    /// <summary>So many proofs are one payment's inputs at most.</summary>
    internal const int ProofsMax = CoinSelection.InputsMax;

    /// <summary>What one swap takes: leaves the larger ones alone.</summary>
    const int InputsMax = 400;

    /// <summary>One swap a mint, where it needs one. True when one was done: there may be more to do.</summary>
    public async Task<bool> HandleAsync(CancellationToken ct)
    {
        var didAny = false;
        foreach (var mint in mints.Mints)
        {
            var active = await counters.ActiveAsync(mint, ct);
            if (await db.InTransactionAsync(tx => PlanAsync(tx, mint, active, ct), ct) is not { } op) continue;

            await RunAsync(op, ct);
            didAny |= await log.ReadAsync(op.Id, ct) is { State: "done" };
        }

        return didAny;
    }

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
            case Exchange.Outcome.Refused refused:
                // It is ours as it was; the next round tries again, with the keyset of that day.
                await EndAsync(op, "failed", CashuProblems.MintRefused with { Detail = refused.Detail }, ct);
                break;
            case Exchange.Outcome.Spent:
                await EndAsync(op, "lost", CashuProblems.Spent, ct);
                LogLost(op.Id, op.Mint);
                break;
        }
    }

    async Task<Operation?> PlanAsync(NpgsqlTransaction tx, string mint, Keyset active, CancellationToken ct)
    {
        var live = await EcashRows.LiveAsync(tx, mint, ct);
        var sets = await outgoing.SetsOfAsync(mint, live, ct);
        var inputs = Choose(live, sets, clock.GetUtcNow() + MintKeysets.LastsMin);
        if (inputs.Count == 0) return null;

        var fee = MintKeysets.Fee(inputs.Select(input => sets[input.Keyset]));
        var sum = inputs.Sum(input => input.AmountSat) - fee;
        if (sum <= 0 || active.Split((ulong)sum) is not { } amounts) return null;

        var op = new Operation
        {
            Id = Guid.NewGuid(),
            Kind = "swap",
            State = "open",
            Mint = mint,
            AmountSat = sum,
            Version = 1,
            Path = "/v1/swap",
            DetailsJson = new OperationDetails { InputFeeSat = fee }.Write(),
        };
        await log.AddAsync(tx, op, op.Details, ct);
        await EcashRows.TakeAsync(tx, op.Id, inputs, "reserved", ct);
        Wanted[] wanted = [.. amounts.Select(amount => new Wanted((long)amount, "keep"))];
        var outputs = await EcashRows.PlanAsync(tx, seed, op.Id, op.Stage, active.Id, wanted, ct);
        var request = JsonSerializer.SerializeToUtf8Bytes(
            new([.. inputs.Select(input => input.Spend(seed))], [.. outputs.Select(output => output.Message)]),
            CashuJson.Default.SwapRequest);
        await log.ContinueAsync(tx, op, op.Details, op.Path, request, ct);
        return op with { Request = request };
    }

    /// <summary>
    /// Those of keysets that sign no more, or end before <paramref name="lasts"/>; else the smallest, where there are
    /// too many. Pure.
    /// </summary>
    internal static IReadOnlyList<EcashProof> Choose(
        IReadOnlyList<EcashProof> live, IReadOnlyDictionary<string, Keyset> sets, DateTimeOffset lasts)
    {
        var until = lasts.ToUnixTimeSeconds();
        var worth = live.Where(proof => proof.AmountSat * 1_000 > sets[proof.Keyset].InputFeePpk);
        var old = worth.Where(proof => !sets[proof.Keyset].Active || sets[proof.Keyset].FinalExpiry < until)
            .Take(InputsMax).ToList();
        return old.Count > 0 ? old
            : live.Count > ProofsMax ? [.. worth.OrderBy(proof => proof.AmountSat).Take(InputsMax)]
            : [];
    }

    Task FinishAsync(Operation op, IReadOnlyList<EcashProof> proofs, CancellationToken ct) => db.InTransactionAsync(
        async tx =>
        {
            await log.EndAsync(tx, op, "done", op.Details, null, ct);
            await EcashRows.SettleAsync(tx, op.Id, isSpent: true, ct);
            await EcashRows.AddAsync(tx, op.Id, op.Mint, proofs, ct);
            if (op.Details.InputFeeSat is > 0 and var fee)
            {
                await Books.PostAsync(tx, Outgoing.Cost(op, "swap-fee", fee), ct);
            }
        },
        ct);

    Task EndAsync(Operation op, string state, Problem problem, CancellationToken ct) => db.InTransactionAsync(
        async tx =>
        {
            await log.EndAsync(tx, op, state, op.Details, problem, ct);
            if (state == "failed") await EcashRows.SettleAsync(tx, op.Id, isSpent: false, ct);
        },
        ct);

    [LoggerMessage(LogLevel.Error, "Operation {Id}: our ecash of {Mint} was spent by somebody else")]
    partial void LogLost(Guid id, string mint);
}
