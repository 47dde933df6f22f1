using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Finds our ecash again after the database is lost: by the seed alone, from what each mint remembers to have signed
/// (NUT-09, NUT-13). Counters go on behind the last one found; what was given away is not taken back.
/// </summary>
public sealed partial class RestoreWallet
{
    /// <summary>NUT-13, "Restore": batches of so many, until three in a row hold nothing.</summary>
    const int Batch = 100;
    const int EmptyBatches = 3;

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
    /// What was found and was not there, over all our mints. It is booked as recovered, for a person to hand out. Safe
    /// to run again.
    /// </summary>
    /// <exception cref="ProblemException">A mint did not answer: what was found before is kept.</exception>
    public async Task<Msat> HandleAsync(CancellationToken ct)
    {
        var all = Msat.Zero;
        foreach (var mint in _mints.Mints)
        {
            foreach (var keyset in (await _keysets.RefreshAsync(mint, ct)).Keysets)
            {
                all += await RestoreAsync(mint, keyset, ct);
            }
        }

        return all;
    }

    async Task<Msat> RestoreAsync(string mint, Keyset keyset, CancellationToken ct)
    {
        var (found, counter, empty) = (Msat.Zero, 0L, 0);
        while (empty < EmptyBatches)
        {
            // A blank, since the mint says the amount.
            List<EcashOutput> outputs =
            [
                .. Enumerable.Range(0, Batch).Select(i =>
                    EcashOutput.Plan(_seed, i, keyset.Id, counter + i, 0, "blank", null)),
            ];
            var op = new Operation { Mint = mint };
            var signed = await _exchange.RestoreAsync(op, outputs, ct) ?? throw Silent();
            empty = signed.Count == 0 ? empty + 1 : 0;
            if (signed.Count > 0)
            {
                var last = outputs.Last(output => signed.ContainsKey(output.B)).Counter;
                found += await KeepAsync(op, outputs, signed, keyset, last, ct);
            }

            counter += Batch;
        }

        if (found > Msat.Zero) LogFound(found, mint, keyset.Id);
        return found;
    }

    async Task<Msat> KeepAsync(
        Operation op, List<EcashOutput> outputs, Dictionary<string, BlindSignature> signed, Keyset keyset, long last,
        CancellationToken ct)
    {
        List<EcashProof> proofs =
        [
            .. outputs.Where(output => signed.ContainsKey(output.B))
                .Select(output => output.Accept(_seed, keyset, signed[output.B])).OfType<EcashProof>(),
        ];
        var states = await _exchange.StatesAsync(op.Mint, [.. proofs.Select(proof => proof.Y)], ct) ?? throw Silent();
        List<EcashProof> unspent =
            [.. proofs.Zip(states).Where(pair => pair.Second == "UNSPENT").Select(pair => pair.First)];
        return await _db.InTransactionAsync(
            async tx =>
            {
                await tx.RunAsync(MoveCounter, new { keyset.Id, next = last + 1 }, ct);
                var known = await tx.ManyAsync<string>(
                    SelectKnown, new { ys = unspent.ConvertAll(proof => proof.Y).ToArray() }, ct);
                var fresh = unspent.Where(proof => !known.Contains(proof.Y)).ToList();
                if (fresh.Count == 0) return Msat.Zero;

                await EcashRows.AddAsync(tx, Guid.Empty, op.Mint, fresh, ct);
                var sum = Msat.FromSat(fresh.Sum(proof => proof.AmountSat));
                var cause = $"{keyset.Id}:{last}";
                await Books.PostAsync(tx, new Transfer(
                    Uuid5.Of("ecash-recovered", cause), AccountCode.Mint(op.Mint), AccountCode.Recovered, sum,
                    "ecash-recovered", cause), ct);
                return sum;
            },
            ct);
    }

    static ProblemException Silent() => new(CashuProblems.MintUnreachable);

    const string MoveCounter = """
        update payments.mint_keyset set next_counter = greatest(next_counter, @next) where id = @Id
        """;

    const string SelectKnown = "select y from payments.ecash_proof where y = any(@ys)";

    [LoggerMessage(LogLevel.Information, "Recovered {Amount} of ecash of {Mint}, keyset {Keyset}")]
    partial void LogFound(Msat amount, string mint, string keyset);
}
