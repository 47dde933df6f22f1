using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>Proofs, outputs and counters: the statements, each within the caller's transaction.</summary>
static class EcashRows
{
    /// <summary>Counters for outputs of these amounts, which are written down with the operation.</summary>
    public static async Task<IReadOnlyList<EcashOutput>> PlanAsync(
        NpgsqlTransaction tx, WalletSeed seed, Guid op, int stage, string keyset, IReadOnlyList<Wanted> wanted,
        CancellationToken ct)
    {
        if (wanted.Count == 0) return [];
        var first = await tx.OneAsync<long>(TakeCounters, new { keyset, count = wanted.Count }, ct);
        // By amount, so that what is change and what is not cannot be told from their order (NUT-03).
        List<EcashOutput> outputs =
        [
            .. wanted.OrderBy(one => one.AmountSat).Select((one, i) =>
                EcashOutput.Plan(seed, i, keyset, first + i, one.AmountSat, one.Use, one.LockTo)),
        ];
        await tx.RunAsync(InsertOutputs, new
        {
            op,
            stage,
            keyset,
            idx = outputs.ConvertAll(output => output.Idx).ToArray(),
            counters = outputs.ConvertAll(output => output.Counter).ToArray(),
            amounts = outputs.ConvertAll(output => output.AmountSat).ToArray(),
            uses = outputs.ConvertAll(output => output.Use).ToArray(),
            locks = outputs.ConvertAll(output => output.LockTo ?? "").ToArray(),
            bs = outputs.ConvertAll(output => output.B).ToArray(),
        }, ct);
        return outputs;
    }

    public static Task<List<EcashOutput>> OutputsAsync(NpgsqlDataSource db, Operation op, CancellationToken ct) =>
        db.ManyAsync<EcashOutput>(SelectOutputs, new { op.Id, op.Stage }, ct);

    /// <summary>Those that a mint surely did not sign and never will: their counters stay used.</summary>
    public static Task ForgetOutputsAsync(NpgsqlTransaction tx, Operation op, CancellationToken ct) =>
        tx.RunAsync(DeleteOutputs, new { op.Id, op.Stage }, ct);

    /// <summary>Until the transaction ends, nobody else chooses among our ecash of a mint, or finds some.</summary>
    public static Task LockAsync(NpgsqlTransaction tx, string mint, CancellationToken ct) =>
        tx.RunAsync(Lock, new { mint }, ct);

    /// <summary>Our ecash of a mint; until the transaction ends, nobody else chooses among it.</summary>
    public static async Task<List<EcashProof>> LiveAsync(NpgsqlTransaction tx, string mint, CancellationToken ct)
    {
        await LockAsync(tx, mint, ct);
        return await tx.ManyAsync<EcashProof>(SelectLive, new { mint }, ct);
    }

    public static Task<List<EcashProof>> ProofsOfAsync(
        NpgsqlDataSource db, Guid op, string state, CancellationToken ct) =>
        db.ManyAsync<EcashProof>(SelectOfOperation, new { op, state }, ct);

    /// <summary>Moves live proofs to an operation. Throws when one is live no more.</summary>
    public static async Task TakeAsync(
        NpgsqlTransaction tx, Guid op, IReadOnlyList<EcashProof> proofs, string state, CancellationToken ct)
    {
        var ys = proofs.Select(proof => proof.Y).ToArray();
        if (await tx.RunAsync(Take, new { op, ys, state }, ct) != ys.Length) throw new OperationTakenException();
    }

    /// <summary>What an operation held is spent, or is ours again.</summary>
    public static Task SettleAsync(NpgsqlTransaction tx, Guid op, bool isSpent, CancellationToken ct) =>
        tx.RunAsync(isSpent ? SpendReserved : ReleaseReserved, new { op }, ct);

    /// <summary>New ecash: kept, given away, or held for the operation's next request, as it was meant.</summary>
    public static Task AddAsync(
        NpgsqlTransaction tx, Guid op, string mint, IReadOnlyList<EcashProof> proofs, CancellationToken ct) =>
        proofs.Count == 0 ? Task.CompletedTask : tx.RunAsync(InsertProofs, new
        {
            op,
            mint,
            ys = proofs.Select(proof => proof.Y).ToArray(),
            keysets = proofs.Select(proof => proof.Keyset).ToArray(),
            counters = proofs.Select(proof => proof.Counter).ToArray(),
            amounts = proofs.Select(proof => proof.AmountSat).ToArray(),
            locks = proofs.Select(proof => proof.LockTo ?? "").ToArray(),
            cs = proofs.Select(proof => proof.C).ToArray(),
            es = proofs.Select(proof => proof.E).ToArray(),
            ss = proofs.Select(proof => proof.S).ToArray(),
            states = proofs.Select(proof => StateOf(proof.Use)).ToArray(),
        }, ct);

    /// <summary>Claims other people's proofs for an operation. False when another operation has one of them.</summary>
    public static async Task<bool> ClaimInputsAsync(
        NpgsqlTransaction tx, Guid op, IReadOnlyList<Proof> proofs, CancellationToken ct)
    {
        var ys = proofs.Select(proof => proof.Y).ToArray();
        return await tx.RunAsync(InsertInputs, new { op, ys }, ct) == ys.Length;
    }

    public static Task<List<string>> InputsAsync(NpgsqlDataSource db, Guid op, CancellationToken ct) =>
        db.ManyAsync<string>(SelectInputs, new { op }, ct);

    public static Task ReleaseInputsAsync(NpgsqlTransaction tx, Guid op, CancellationToken ct) =>
        tx.RunAsync(DeleteInputs, new { op }, ct);

    /// <summary>What is under way to us from a mint and not in the books yet, in sat.</summary>
    public static async Task<long> UnderWayAsync(NpgsqlTransaction tx, string mint, CancellationToken ct) =>
        await tx.OneAsync<long>(SelectUnderWay, new { mint }, ct);

    static string StateOf(string use) => use switch
    {
        "give" => "given",
        "spend" => "reserved",
        _ => "live",
    };

    const string Columns = """
        y as Y, keyset as Keyset, counter as Counter, amount_sat as AmountSat, lock_to as LockTo, c as C, e as E, s as S
        """;

    const string TakeCounters = """
        update payments.mint_keyset
           set next_counter = next_counter + @count
         where id = @keyset
        returning next_counter - @count
        """;

    const string InsertOutputs = """
        insert into payments.ecash_output (op_id, stage, idx, keyset, counter, amount_sat, use, lock_to, b)
        select @op, @stage, o.idx, @keyset, o.counter, o.amount, o.use, nullif(o.lock_to, ''), o.b
          from unnest(@idx, @counters, @amounts, @uses, @locks, @bs) as o (idx, counter, amount, use, lock_to, b)
        """;

    const string SelectOutputs = """
        select idx as Idx, keyset as Keyset, counter as Counter, amount_sat as AmountSat, use as Use,
               lock_to as LockTo, b as B
          from payments.ecash_output
         where op_id = @Id and stage = @Stage
         order by idx
        """;

    const string DeleteOutputs = "delete from payments.ecash_output where op_id = @Id and stage = @Stage";

    const string Lock = "select pg_advisory_xact_lock(hashtextextended('ecash ' || @mint, 4851))";

    /// <summary>The largest first, for they make the fewest inputs.</summary>
    const string SelectLive = $"""
        select {Columns}
          from payments.ecash_proof
         where mint = @mint and state = 'live'
         order by amount_sat desc, y
         limit 20000
        """;

    const string SelectOfOperation = $"""
        select {Columns} from payments.ecash_proof where op_id = @op and state = @state order by amount_sat, y
        """;

    const string Take = """
        update payments.ecash_proof set state = @state, op_id = @op where y = any(@ys) and state = 'live'
        """;

    const string SpendReserved = """
        update payments.ecash_proof set state = 'spent' where op_id = @op and state = 'reserved'
        """;

    const string ReleaseReserved = """
        update payments.ecash_proof set state = 'live', op_id = null where op_id = @op and state = 'reserved'
        """;

    const string InsertProofs = """
        insert into payments.ecash_proof (
            y, mint, keyset, counter, amount_sat, lock_to, c, e, s, state, source_op, op_id)
        select p.y, @mint, p.keyset, p.counter, p.amount, nullif(p.lock_to, ''), p.c, p.e, p.s, p.state, @op,
               case when p.state = 'live' then null else @op end
          from unnest(@ys, @keysets, @counters, @amounts, @locks, @cs, @es, @ss, @states)
            as p (y, keyset, counter, amount, lock_to, c, e, s, state)
        """;

    const string InsertInputs = """
        insert into payments.ecash_input (y, op_id) select y, @op from unnest(@ys) as i (y) on conflict do nothing
        """;

    const string SelectInputs = "select y from payments.ecash_input where op_id = @op";

    const string DeleteInputs = "delete from payments.ecash_input where op_id = @op";

    const string SelectUnderWay = """
        select coalesce(sum(amount_sat), 0)::bigint
          from payments.ecash_op
         where mint = @mint and kind in ('receive', 'mint') and ended_at is null
        """;
}

/// <summary>An output that is wanted: how much, what for, and for whom alone.</summary>
sealed record Wanted(long AmountSat, string Use, string? LockTo = null);
