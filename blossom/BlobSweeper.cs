using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Blossom.Store;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>
/// Clears what crashes and time leave behind: unfinished uploads, bytes without a row, and blobs past their retention.
/// At start, then hourly.
/// </summary>
public sealed partial class BlobSweeper(
    NpgsqlDataSource db, IBlobStore store, StagingFolder staging, IOptions<BlossomOptions> options,
    TimeProvider clock, ILogger<BlobSweeper> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException)
            {
                LogFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task SweepAsync(CancellationToken ct)
    {
        var unfinished = staging.DropAbandoned();
        var orphans = 0;
        await foreach (var kept in store.ListAsync(ct).Chunk(1_000).WithCancellation(ct))
        {
            foreach (var sha256 in await db.ManyAsync<string>(SelectRowless, new { kept }, ct))
            {
                orphans += await BlobRows.DropBytesAsync(db, store, sha256, ct) ? 1 : 0;
            }
        }

        var expired = 0;
        if (options.Value.Retention is { } life)
        {
            var before = clock.GetUtcNow() - life;
            foreach (var sha256 in await db.ManyAsync<string>(SelectExpired, new { before }, ct))
            {
                if (!await DropExpiredAsync(sha256, before, ct)) continue;
                await BlobRows.DropBytesAsync(db, store, sha256, ct);
                expired++;
            }
        }

        await db.RunAsync(ForgetLetGo, null, ct);
        if (unfinished + orphans + expired > 0) LogSwept(unfinished, orphans, expired);
    }

    /// <summary>Unless it was let go and uploaded anew since it was found.</summary>
    Task<bool> DropExpiredAsync(string sha256, DateTimeOffset before, CancellationToken ct) =>
        db.InTransactionAsync(async tx =>
        {
            await BlobRows.LockAsync(tx, sha256, ct);
            var blob = await BlobRows.FindAsync(tx, sha256, ct);
            if (blob is null || blob.UploadedAt > before.ToUnixTimeSeconds()) return false;
            await BlobRows.DropOwnersAsync(tx, sha256, ct);
            return await BlobRows.DropUnownedAsync(tx, sha256, ct);
        }, ct);

    const string SelectRowless = """
        select kept.sha256
          from unnest(@kept) as kept (sha256)
         where not exists (select from blossom.blob where blob.sha256 = kept.sha256)
        """;

    const string SelectExpired = """
        select sha256
          from blossom.blob
         where uploaded_at < @before
         order by uploaded_at
         limit 10000
        """;

    /// <summary>Nobody pages through a list for longer than a day.</summary>
    const string ForgetLetGo = "delete from blossom.let_go where let_go_at < now() - interval '1 day'";

    [LoggerMessage(
        LogLevel.Information, "Swept {Unfinished} unfinished uploads, {Orphans} orphans, {Expired} expired blobs")]
    partial void LogSwept(int unfinished, int orphans, int expired);

    [LoggerMessage(LogLevel.Warning, "Sweeping failed; the next hour tries again")]
    partial void LogFailed(Exception e);
}
