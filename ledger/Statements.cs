using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Ledger;

/// <summary>The transfers of one account, latest first. A sharded account has none: its shards each have their own.
/// </summary>
public static class Statements
{
    public const int LinesMax = 500;

    /// <param name="db">Where the books are.</param>
    /// <param name="account">Code of an account without shards.</param>
    /// <param name="before">Number of a line: those before it. Null is the latest.</param>
    /// <param name="most">How many lines at most.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<IReadOnlyList<StatementLine>> ReadAsync(
        NpgsqlDataSource db, string account, long? before, int most, CancellationToken ct)
    {
        var asked = new { account, before = before ?? long.MaxValue, most = Math.Clamp(most, 1, LinesMax) };
        return
        [
            .. (await db.ManyAsync<Row>(SelectLines, asked, ct)).Select(row => new StatementLine(
                row.Number, row.Id, row.Other, new(row.AmountMsat), new(row.BalanceMsat), row.Kind, row.Cause, row.At)),
        ];
    }

    sealed record Row(
        long Number, Guid Id, string Other, long AmountMsat, long BalanceMsat, string Kind, string Cause, DateTime At);

    const string SelectLines = """
        with own as (select id from ledger.account where code = @account and shard = 0),
        line as (
            (select from_version as number, t.id, to_account as other, -amount_msat as amount, from_balance as balance,
                    kind, cause, posted_at
               from ledger.transfer t join own on own.id = from_account
              where from_version < @before order by from_version desc limit @most)
            union all
            (select to_version, t.id, from_account, amount_msat, to_balance, kind, cause, posted_at
               from ledger.transfer t join own on own.id = to_account
              where to_version < @before order by to_version desc limit @most)
        )
        select number as Number, line.id as Id, code as Other, amount as AmountMsat, balance as BalanceMsat,
               kind as Kind, cause as Cause, posted_at as At
          from line join ledger.account on ledger.account.id = other
         order by number desc
         limit @most
        """;
}

/// <param name="Number">Counts the transfers of the account from 1.</param>
/// <param name="Id">Of the transfer.</param>
/// <param name="Other">Code of the account on the other side.</param>
/// <param name="Amount">What came, or minus what went.</param>
/// <param name="Balance">Just after it.</param>
/// <param name="Kind">Of the transfer.</param>
/// <param name="Cause">Of the transfer.</param>
/// <param name="At">When it was posted.</param>
public sealed record StatementLine(
    long Number, Guid Id, string Other, Msat Amount, Msat Balance, string Kind, string Cause, DateTimeOffset At);
