using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Finds our ecash again after the database is lost, or is a copy of yesterday's: by the seed alone, from what each
/// mint remembers to have signed (NUT-09, NUT-13). Counters go on behind the last one found; what was given away is
/// not taken back, and what this database knows or is about to know is passed over.
/// </summary>
public sealed partial class RestoreWallet
{
    /// <summary>NUT-13, "Restore": batches of so many, until three in a row hold nothing.</summary>
    const int Batch = 100;
    const int EmptyBatches = 3;

    /// <summary>
    /// Outputs that were locked to others' keys cannot be looked for: so many may stand behind the last one found. Less
    /// than a batch, so that whoever looks next still finds what is used from there on.
    /// </summary>
    const int Beyond = 50;

    readonly NpgsqlDataSource _db;
    readonly MintClient _mints;
    readonly MintKeysets _keysets;
    readonly Exchange _exchange;
    readonly WalletSeed _seed;
    readonly ILogger<RestoreWallet> _log;

    internal RestoreWallet(
        NpgsqlDataSource db, MintClient mints, MintKeysets keysets, Exchange exchange, WalletSeed seed,
        ILogger<RestoreWallet> log) =>
        (_db, _mints, _keysets, _exchange, _seed, _log) = (db, mints, keysets, exchange, seed, log);

    /// <summary>
    /// What was found and was not there, a keyset at a time over all our mints. It is booked as recovered, for a person
    /// to hand out. Safe to run again, and while the service works.
    /// </summary>
    public async IAsyncEnumerable<RestoredEcash> HandleAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var mint in _mints.Mints)
        {
            var (keysets, problem) = await TryAsync(() => _keysets.RefreshAsync(mint, ct));
            foreach (var keyset in keysets?.Keysets ?? [])
            {
                (var found, problem) = await TryAsync(() => RestoreAsync(mint, keyset, 0, ct));
                if (found is null) break;
                yield return found;
            }

            if (problem is not null) yield return new(mint, null, false, 0, Msat.Zero) { Problem = problem };
        }
    }

    /// <summary>From the counter that is next here on: null where none was used, as it should be.</summary>
    internal async Task<RestoredEcash?> AheadAsync(string mint, Keyset keyset, CancellationToken ct)
    {
        var next = await _db.OneAsync<long>(SelectCounter, new { keyset.Id }, ct);
        return await LookAsync(new() { Mint = mint }, keyset, next, ct) is { IsStrange: false }
            ? null
            : await RestoreAsync(mint, keyset, next, ct);
    }

    async Task<RestoredEcash> RestoreAsync(string mint, Keyset keyset, long counter, CancellationToken ct)
    {
        var all = new RestoredEcash(mint, keyset.Id, keyset.Active, 0, Msat.Zero);
        var op = new Operation { Mint = mint };
        for (var empty = 0; empty < EmptyBatches; counter += Batch)
        {
            if (await LookAsync(op, keyset, counter, ct) is not { Last: { } last } seen)
            {
                empty++;
                continue;
            }

            empty = 0;
            var (proofs, amount) = await KeepAsync(op, keyset, seen.Proofs, last, ct);
            all = all with { Proofs = all.Proofs + proofs, Amount = all.Amount + amount };
        }

        if (all.Proofs > 0) LogFound(all.Amount, mint, keyset.Id);
        return all;
    }

    /// <summary>
    /// What the mint signed of a batch. Of what was made for whoever holds it only
    /// the counters are of interest: its holder has it.
    /// </summary>
    async Task<Seen> LookAsync(Operation op, Keyset keyset, long counter, CancellationToken ct)
    {
        // Blanks, since the mint says the amount.
        List<EcashOutput> outputs =
        [
            .. from lockTo in (string?[])[null, EcashOutput.Bearer]
               from i in Enumerable.Range(0, Batch)
               select EcashOutput.Plan(_seed, i, keyset.Id, counter + i, 0, "blank", lockTo),
        ];
        var signed = await _exchange.RestoreAsync(op, outputs, ct) ?? throw Silent();
        if (signed.Count == 0) return new([], null, false);

        var used = outputs.FindAll(output => signed.ContainsKey(output.B));
        var bs = used.ConvertAll(output => output.B).ToArray();
        var known = await _db.ManyAsync<string>(SelectPlanned, new { bs }, ct);
        return new(
            [
                .. from output in used
                   where output.LockTo is null
                   let proof = output.Accept(_seed, keyset, signed[output.B])
                   where proof is not null
                   select new Found(output.B, proof),
            ],
            used.Max(output => output.Counter), used.Exists(output => !known.Contains(output.B)));
    }

    async Task<(int Proofs, Msat Amount)> KeepAsync(
        Operation op, Keyset keyset, IReadOnlyList<Found> found, long last, CancellationToken ct)
    {
        var states = await _exchange.StatesAsync(op.Mint, [.. found.Select(one => one.Proof.Y)], ct) ?? throw Silent();
        var unspent = found.Zip(states).Where(pair => pair.Second == "UNSPENT").Select(pair => pair.First).ToList();
        return await _db.InTransactionAsync(
            async tx =>
            {
                await EcashRows.LockAsync(tx, op.Mint, ct);
                await tx.RunAsync(MoveCounter, new { keyset.Id, next = last + 1 + Beyond }, ct);
                var strange = await tx.ManyAsync<string>(
                    SelectStrange,
                    new
                    {
                        ys = unspent.ConvertAll(one => one.Proof.Y).ToArray(),
                        bs = unspent.ConvertAll(one => one.B).ToArray(),
                    },
                    ct);
                if (strange.Count == 0) return (0, Msat.Zero);

                var fresh = unspent.ConvertAll(one => one.Proof).Where(proof => strange.Contains(proof.Y)).ToList();
                await EcashRows.AddAsync(tx, Guid.Empty, op.Mint, fresh, ct);
                var sum = Msat.FromSat(fresh.Sum(proof => proof.AmountSat));
                // They are never found twice, so that the first of them names the transfer.
                await Books.PostAsync(tx, new Transfer(
                    Uuid5.Of("ecash-recovered", fresh[0].Y), AccountCode.Mint(op.Mint), AccountCode.Recovered, sum,
                    "ecash-recovered", $"{keyset.Id}:{fresh[0].Counter}"), ct);
                return (fresh.Count, sum);
            },
            ct);
    }

    /// <summary>What it gives, or why it gives nothing: one mint that is silent keeps nobody from the others.</summary>
    static async Task<(T? Value, Problem? Problem)> TryAsync<T>(Func<Task<T>> work)
        where T : class
    {
        try
        {
            return (await work(), null);
        }
        catch (ProblemException e)
        {
            return (null, e.Problem);
        }
    }

    static ProblemException Silent() => new(CashuProblems.MintUnreachable);

    /// <param name="Proofs">Those that are ours.</param>
    /// <param name="Last">The highest counter that was used; null for none.</param>
    /// <param name="IsStrange">Whether any was used by somebody who is not this database.</param>
    sealed record Seen(IReadOnlyList<Found> Proofs, long? Last, bool IsStrange);

    /// <summary>Ecash, and what the mint was asked to sign for it.</summary>
    sealed record Found(string B, EcashProof Proof);

    const string SelectCounter = "select next_counter from payments.mint_keyset where id = @Id";

    const string MoveCounter = """
        update payments.mint_keyset set next_counter = greatest(next_counter, @next) where id = @Id
        """;

    const string SelectPlanned = "select b from payments.ecash_output where b = any(@bs)";

    /// <summary>Not here yet, and of no operation that is about to bring it.</summary>
    const string SelectStrange = """
        select found.y
          from unnest(@ys, @bs) as found (y, b)
         where not exists (select from payments.ecash_proof where y = found.y)
           and not exists (select from payments.ecash_output o join payments.ecash_op op on op.id = o.op_id
                            where o.b = found.b and op.ended_at is null)
        """;

    [LoggerMessage(LogLevel.Warning, "Recovered {Amount} of ecash of {Mint}, keyset {Keyset}")]
    partial void LogFound(Msat amount, string mint, string keyset);
}

/// <summary>What was found of one keyset.</summary>
/// <param name="Mint">Its URL.</param>
/// <param name="Keyset">Full id; null where the mint did not say what it has.</param>
/// <param name="Active">Whether it signs still.</param>
/// <param name="Proofs">How many coins were not there before.</param>
/// <param name="Amount">What they are worth.</param>
public sealed record RestoredEcash(string Mint, string? Keyset, bool Active, int Proofs, Msat Amount)
{
    /// <summary>Why the mint could not be asked to the end: what was found before is kept.</summary>
    public Problem? Problem { get; init; }
}
