using System.Text.RegularExpressions;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Ledger;

/// <summary>
/// The one door through which money moves. Everything happens in the caller's transaction, so that money and what it
/// is for are written together, and in one round trip however many transfers there are.
/// A transaction that posts should do so once: accounts are locked in one order within a call, not across calls.
/// </summary>
public static partial class Books
{
    /// <summary>All bitcoin there will ever be.</summary>
    public static readonly Msat AmountMax = Msat.FromSat(21_000_000L * 100_000_000);

    /// <summary>
    /// One answer a transfer, in their order: posted now, or there already with the same content.
    /// </summary>
    /// <exception cref="ProblemException">One was refused, and nothing was written: the transaction may go on.
    /// </exception>
    public static async Task<IReadOnlyList<PostedTransfer>> PostAsync(
        NpgsqlTransaction tx, IReadOnlyList<Transfer> transfers, CancellationToken ct)
    {
        var set = (await PostEachAsync(tx, [transfers], ct))[0];
        return set.Problem is { } problem ? throw new ProblemException(problem) : set.Posted;
    }

    /// <inheritdoc cref="PostAsync(NpgsqlTransaction, IReadOnlyList{Transfer}, CancellationToken)"/>
    public static async Task<PostedTransfer> PostAsync(NpgsqlTransaction tx, Transfer transfer, CancellationToken ct) =>
        (await PostAsync(tx, [transfer], ct))[0];

    /// <summary>
    /// Posts many sets, one after the other and each all or nothing: a refused one is told so in its answer and does
    /// its neighbours no harm.
    /// </summary>
    public static async Task<IReadOnlyList<PostedSet>> PostEachAsync(
        NpgsqlTransaction tx, IReadOnlyList<IReadOnlyList<Transfer>> sets, CancellationToken ct)
    {
        var refusals = sets.Select(set => set.Select(Refuse).FirstOrDefault(problem => problem is not null)).ToList();
        var call = new PostCall();
        foreach (var (i, set) in sets.Index())
        {
            if (refusals[i] is null) call.Add(i, set);
        }

        var rows = call.Count == 0 ? [] : await PostAsync(tx, call, ct);
        var next = 0;
        return [.. sets.Select((set, i) =>
        {
            if (refusals[i] is { } problem) return new(problem, []);

            var answers = rows.GetRange(next, set.Count);
            next += set.Count;
            return Answer(set, answers);
        })];
    }

    /// <summary>What an account has, over all its shards; zero for one that never had a transfer.</summary>
    public static async Task<Msat> BalanceAsync(NpgsqlDataSource db, string account, CancellationToken ct) =>
        new(await db.OneAsync<long>(SelectBalance, new { account }, ct));

    /// <inheritdoc cref="BalanceAsync(NpgsqlDataSource, string, CancellationToken)"/>
    public static async Task<Msat> BalanceAsync(NpgsqlTransaction tx, string account, CancellationToken ct) =>
        new(await tx.OneAsync<long>(SelectBalance, new { account }, ct));

    /// <summary>What an account may spend: its balance less what is set aside.</summary>
    public static async Task<Msat> AvailableAsync(NpgsqlDataSource db, string account, CancellationToken ct) =>
        new(await db.OneAsync<long>(SelectAvailable, new { account }, ct));

    /// <summary>Pure. Null means that it could be posted if the money is there.</summary>
    internal static Problem? Refuse(Transfer transfer) =>
        transfer.Amount <= Msat.Zero || transfer.Amount > AmountMax ? LedgerProblems.AmountOutOfRange :
        transfer.From == transfer.To || !AccountCode.IsValid(transfer.From) || !AccountCode.IsValid(transfer.To)
            || !KindPattern().IsMatch(transfer.Kind) || transfer.Cause.Length is 0 or > 256
                ? LedgerProblems.NoTransfer with { Detail = $"{transfer.Kind}: {transfer.From} to {transfer.To}." }
                : null;

    static async Task<List<Row>> PostAsync(NpgsqlTransaction tx, PostCall call, CancellationToken ct)
    {
        try
        {
            return await tx.ManyAsync<Row>(Post, call, ct);
        }
        catch (PostgresException e) when (e.ConstraintName == "transfer_pkey")
        {
            throw new ProblemException(LedgerProblems.Raced);
        }
    }

    static PostedSet Answer(IReadOnlyList<Transfer> set, List<Row> rows)
    {
        foreach (var (transfer, row) in set.Zip(rows))
        {
            if (ProblemOf(row.Outcome) is { } problem)
            {
                return new(problem with { Detail = $"{transfer.Kind} of {transfer.Amount}." }, []);
            }
        }

        return new(null, [.. set.Zip(rows, (transfer, row) => new PostedTransfer(
            transfer.Id, row.Outcome == "replayed", row.At, new(row.FromLeft), new(row.ToLeft)))]);
    }

    /// <summary>Null for what is well, and for what was undone only because of another of its set.</summary>
    static Problem? ProblemOf(string outcome) => outcome switch
    {
        "posted" or "replayed" or "undone" => null,
        "insufficient" => LedgerProblems.Insufficient,
        "conflict" => LedgerProblems.Conflict,
        "overflow" => LedgerProblems.Overflow,
        _ => throw new InvalidOperationException($"The books answered {outcome}."),
    };

    [GeneratedRegex("^[a-z][a-z0-9-]{0,31}$")]
    private static partial Regex KindPattern();

    sealed record Row(string Outcome, DateTime At, long FromLeft, long ToLeft);

    const string Post = """
        select outcome as Outcome, at as At, from_left as FromLeft, to_left as ToLeft
          from ledger.post(@Codes, @Sets, @Ids, @Priors, @Froms, @Tos, @Amounts, @Kinds, @Causes)
        """;

    const string SelectBalance = """
        select coalesce(sum(balance_msat), 0)::bigint from ledger.account where code = @account
        """;

    const string SelectAvailable = """
        select coalesce(sum(balance_msat - held_msat), 0)::bigint from ledger.account where code = @account
        """;
}
