using System.Data;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Ledger;

/// <summary>
/// Recomputes the books from their transfers, and compares them with the rails. It reads one snapshot, so it may run
/// while money moves, and it changes nothing.
/// </summary>
public sealed class AuditBooks(NpgsqlDataSource db, IEnumerable<IRailAudit> rails, TimeProvider clock)
{
    const int ExamplesMax = 5;

    public async Task<AuditReport> RunAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await tx.RunAsync("set transaction read only", null, ct);

        List<AuditFinding> books = [];
        foreach (var check in AuditCheck.All) books.Add(await FindAsync(tx, check, ct));
        var standing = new List<RailStanding>();
        foreach (var rail in rails) standing.AddRange(await rail.StandAsync(tx, ct));
        var counted = await tx.OneAsync<Counted>(Count, null, ct);
        var said = (await tx.ManyAsync<RailAccount>(SelectRails, null, ct))
            .ToDictionary(rail => rail.Code, rail => rail.BooksMsat);

        List<RailFinding> found =
        [
            .. standing.Select(rail => new RailFinding(
                rail.Account, said.GetValueOrDefault(rail.Account), rail.Live.Value, rail.InFlight.Value, true)),
            .. said.Keys.Except(standing.Select(rail => rail.Account)).Order(StringComparer.Ordinal)
                .Select(code => new RailFinding(code, said[code], 0, 0, false)),
        ];
        var report = new AuditReport(
            false, clock.GetUtcNow(), counted!.Accounts, counted.Transfers, books, found,
            new(counted.OwedMsat, found.Sum(rail => rail.LiveMsat + rail.InFlightMsat), counted.PlatformMsat));
        return report with { Balanced = report.Broken.Count == 0 };
    }

    /// <summary>Runs it and writes down how it ended: a difference stops withdrawals until the next is clean.</summary>
    public async Task<AuditReport> RunAndNoteAsync(CancellationToken ct)
    {
        var report = await RunAsync(ct);
        await db.RunAsync(NoteAudit, new { report.Balanced, broken = report.Broken.ToArray() }, ct);
        return report;
    }

    /// <summary>Whether money may leave the house. Deposits are never stopped.</summary>
    public static async Task<Problem?> RefuseWithdrawalAsync(NpgsqlTransaction tx, CancellationToken ct) =>
        await tx.OneAsync<bool?>(SelectLast, null, ct) ?? true ? null : LedgerProblems.WithdrawalsStopped;

    /// <summary>Without a limit of time: a large history takes as long as it takes.</summary>
    static async Task<AuditFinding> FindAsync(NpgsqlTransaction tx, AuditCheck check, CancellationToken ct)
    {
        var sql = $"""
            with broken (line) as materialized ({check.Sql})
            select (select count(*) from broken), array(select line from broken limit {ExamplesMax})
            """;
        await using var command = new NpgsqlCommand(sql, tx.Connection, tx) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new(check.Name, check.Sentence, reader.GetInt64(0), reader.GetFieldValue<string[]>(1));
    }

    sealed record Counted(long Accounts, long Transfers, long OwedMsat, long PlatformMsat);

    sealed record RailAccount(string Code, long BooksMsat);

    const string Count = """
        select count(*) as Accounts, (select count(*) from ledger.transfer) as Transfers,
               coalesce(sum(balance_msat) filter (where not ledger.is_sharded(code)), 0)::bigint as OwedMsat,
               coalesce(sum(balance_msat) filter (where starts_with(code, 'platform:')), 0)::bigint as PlatformMsat
          from ledger.account
        """;

    const string SelectRails = """
        select code as Code, (-sum(balance_msat))::bigint as BooksMsat
          from ledger.account
         where starts_with(code, 'rail:')
         group by code
        """;

    const string NoteAudit = "select ledger.note_audit(@Balanced, @broken)";

    const string SelectLast = "select balanced from ledger.audit_run order by id desc limit 1";
}
