using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Brings refunds to their payers, by the first way that is open to each: a way that was begun is kept to its end, and
/// an outcome that nobody knows is asked for again, never replaced by another way.
/// </summary>
public sealed partial class PayRefunds(
    NpgsqlDataSource db, IEnumerable<IRefundWay> ways, RefundToBalance last, ILogger<PayRefunds> log)
    : BackgroundService
{
    const int AtOnceMax = 8;
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);


    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var never = new Signal();
        var loop = new ClaimLoop<Refund>(ClaimAsync, PayAsync, LogInterrupted, AtOnceMax, Interval);
        await loop.RunAsync(never, stoppingToken);
    }

    async Task<IReadOnlyList<Refund>> ClaimAsync(int max, CancellationToken ct) =>
        (await db.ManyAsync<RefundRow>(Claim, new { max }, ct)).ConvertAll(row => row.ToRefund());

    /// <summary>One refund as far as it goes now.</summary>
    internal async Task PayAsync(Refund refund, CancellationToken ct)
    {
        if (refund.Payer is null)
        {
            await db.RunAsync(Fail, new { refund.Id, error = "nobody knows who paid" }, ct);
            return;
        }

        try
        {
            // Where nothing else is open, the payer has a balance here from now on.
            var way = await WayAsync(refund, ct) ?? last;
            if (refund.Way is null && await db.RunAsync(Choose, new { refund.Id, way = way.Name }, ct) == 0) return;

            if (await way.PayAsync(refund with { Way = way.Name }, ct)) LogPaid(refund.Id, refund.Amount, way.Name);
            else await db.RunAsync(GiveUpWay, new { refund.Id, way = way.Name }, ct);
        }
        catch (ProblemException e)
        {
            await db.RunAsync(Note, new { refund.Id, error = e.Problem.Code }, ct);
            LogWaits(refund.Id, e.Problem.Code);
        }
    }

    /// <summary>The one that was begun, else the first that is open and has not failed.</summary>
    async Task<IRefundWay?> WayAsync(Refund refund, CancellationToken ct)
    {
        foreach (var way in ways)
        {
            if (refund.Way is { } begun ? begun == way.Name : await MayTryAsync(way, refund, ct)) return way;
        }

        return null;
    }

    static async Task<bool> MayTryAsync(IRefundWay way, Refund refund, CancellationToken ct) =>
        !refund.FailedWays.Contains(way.Name) && await way.IsOpenAsync(refund, ct);

    const string Claim = $"""
        with due as (
            select id
              from market.refund
             where state = 'pending' and due_at <= now()
             order by due_at
             limit @max
               for update skip locked
        )
        update market.refund r
           set attempts = r.attempts + 1, changed_at = now(),
               due_at = now() + least(interval '1 hour', interval '5 seconds' * power(2, least(r.attempts, 10)))
          from due
         where r.id = due.id
        returning {RefundRow.Columns}
        """;

    const string Choose = """
        update market.refund set way = @way, changed_at = now() where id = @Id and state = 'pending' and way is null
        """;

    /// <summary>The money is still ours to give: at once the next way.</summary>
    const string GiveUpWay = """
        update market.refund
           set way = null, target = null, failed_ways = failed_ways || @way, due_at = now(), changed_at = now()
         where id = @Id and state = 'pending'
        """;

    const string Fail = """
        update market.refund set state = 'failed', last_error = @error, changed_at = now() where id = @Id
        """;

    const string Note = "update market.refund set last_error = @error, changed_at = now() where id = @Id";

    [LoggerMessage(LogLevel.Information, "Refund {RefundId} of {Amount} went by {Way}")]
    partial void LogPaid(Guid refundId, Msat amount, string way);

    [LoggerMessage(LogLevel.Warning, "Refund {RefundId} waits: {Code}")]
    partial void LogWaits(Guid refundId, string code);

    [LoggerMessage(LogLevel.Error, "Paying refunds was interrupted")]
    partial void LogInterrupted(Exception e);
}

/// <summary>The seam to a way by which money goes back to its payer. They are tried in the module's order.</summary>
public interface IRefundWay
{
    /// <summary>As the refund's row and tag say it.</summary>
    string Name { get; }

    /// <summary>Whether the payer can be reached by it. Moves nothing.</summary>
    Task<bool> IsOpenAsync(Refund refund, CancellationToken ct);

    /// <summary>
    /// True when it is ready or collected, now or before; false when it failed for good and nothing has left. A
    /// problem, or any other exception, means that nobody knows yet: it is asked again with the same refund.
    /// </summary>
    Task<bool> PayAsync(Refund refund, CancellationToken ct);
}
