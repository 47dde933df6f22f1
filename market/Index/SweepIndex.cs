using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Index;

/// <summary>What expired, grew too old or is too much leaves the index, a little at a time.</summary>
public sealed partial class SweepIndex(
    NpgsqlDataSource db, IOptions<IndexOptions> options, TimeProvider clock, ILogger<SweepIndex> log)
    : BackgroundService
{
    /// <summary>Rows that leave in one transaction, so that none holds up what arrives.</summary>
    const int AtOnce = 2_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                LogFailed(e.Message);
            }

            await Task.Delay(options.Value.SweepInterval, clock, stoppingToken);
        }
    }

    /// <summary>How many events left.</summary>
    internal async Task<int> SweepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var oldest = (now - options.Value.AgeMax).ToUnixTimeSeconds();
        var swept = await AllAsync(DeleteExpired, () => [new("now", now.ToUnixTimeSeconds())], long.MaxValue, now, ct);
        swept += await AllAsync(DeleteOld, () => [new("oldest", oldest)], long.MaxValue, now, ct);
        var excess = await db.OneAsync<long>(SelectCount, null, ct) - options.Value.EventsMax;
        swept += await AllAsync(DeleteOldest, () => [], excess, now, ct);
        await db.RunAsync(ForgetOld, new { oldest }, ct);
        if (swept > 0) LogSwept(swept);
        return swept;
    }

    async Task<int> AllAsync(
        string choose, Func<List<NpgsqlParameter>> parameters, long most, DateTimeOffset now, CancellationToken ct)
    {
        var swept = 0;
        while (swept < most)
        {
            NpgsqlParameter[] bound = [.. parameters(), new("max", (int)Math.Min(AtOnce, most - swept))];
            var left = await db.InTransactionAsync(
                tx => new IndexBatch(tx).SweepAsync(choose, bound, now.ToUnixTimeSeconds(), ct), ct);
            if (left == 0) break;
            swept += left;
        }

        return swept;
    }

    const string DeleteExpired = """
        delete from market.index_event
         where id in (select id from market.index_event where expires_at <= @now limit @max)
        returning kind, target, pubkey
        """;

    const string DeleteOld = """
        delete from market.index_event
         where id in (select id from market.index_event where address is null and created_at < @oldest limit @max)
        returning kind, target, pubkey
        """;

    const string DeleteOldest = """
        delete from market.index_event
         where id in (select id from market.index_event order by created_at limit @max)
        returning kind, target, pubkey
        """;

    const string SelectCount = "select coalesce(sum(n), 0)::bigint from market.index_kind";

    /// <summary>A deletion older than what is kept can meet no late copy; an engagement so old is not shown.</summary>
    const string ForgetOld = """
        delete from market.index_deletion where at < @oldest and ref !~ ':';
        delete from market.index_engagement where acted_at < @oldest;
        """;

    [LoggerMessage(LogLevel.Information, "Swept {Events} events out of the index")]
    partial void LogSwept(int events);

    [LoggerMessage(LogLevel.Warning, "The index could not be swept: {Reason}")]
    partial void LogFailed(string reason);
}
