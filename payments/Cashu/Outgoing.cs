using System.Text.Json;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// What sending ecash and paying invoices share: the money leaves the account with the intent, a swap makes exactly
/// the proofs that are needed, and what does not happen brings all of it back.
/// </summary>
sealed class Outgoing(NpgsqlDataSource db, MintKeysets keysets, OperationLog log, WalletSeed seed)
{
    /// <summary>Books the money out of its account, in one posting: to the rail.</summary>
    public static Task BookAsync(NpgsqlTransaction tx, Operation op, string account, CancellationToken ct) =>
        Books.PostAsync(tx, new Transfer(
            Uuid5.Of($"ecash-{op.Kind}", op.Id.ToString("n")), account, AccountCode.Mint(op.Mint),
            Msat.FromSat(op.BookedSat), $"ecash-{op.Kind}", op.Id.ToString("n")), ct);

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

    /// <summary>
    /// Writes down a swap that makes these amounts out of what we hold, the rest coming back to us.
    /// </summary>
    /// <returns>The request, and what it costs.</returns>
    public async Task<(byte[] Request, long FeeSat)> PlanSwapAsync(
        NpgsqlTransaction tx, Operation op, Keyset active, IReadOnlyList<Wanted> wanted, CancellationToken ct)
    {
        var target = wanted.Sum(one => one.AmountSat);
        var live = await EcashRows.LiveAsync(tx, op.Mint, ct);
        var sets = await SetsOfAsync(op.Mint, live, ct);
        var inputs = CoinSelection.Choose(live, sets, target)
            ?? throw new ProblemException(CashuProblems.InsufficientEcash);
        await EcashRows.TakeAsync(tx, op.Id, inputs, "reserved", ct);
        var fee = MintKeysets.Fee(inputs.Select(input => sets[input.Keyset]));
        var change = active.Split((ulong)(inputs.Sum(input => input.AmountSat) - fee - target))
            ?? throw new ProblemException(CashuProblems.WrongAmount);
        Wanted[] all = [.. wanted, .. change.Select(amount => new Wanted((long)amount, "keep"))];
        var outputs = await EcashRows.PlanAsync(tx, seed, op.Id, op.Stage, active.Id, all, ct);
        var request = new SwapRequest(
            [.. inputs.Select(input => input.Spend(seed))], [.. outputs.Select(output => output.Message)]);
        return (JsonSerializer.SerializeToUtf8Bytes(request, CashuJson.Default.SwapRequest), fee);
    }

    /// <summary>Lets go of a swap whose keyset signs no more, so that it can be planned anew.</summary>
    public static async Task ForgetSwapAsync(NpgsqlTransaction tx, Operation op, CancellationToken ct)
    {
        await EcashRows.ForgetOutputsAsync(tx, op, ct);
        await EcashRows.SettleAsync(tx, op.Id, isSpent: false, ct);
    }

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
}
