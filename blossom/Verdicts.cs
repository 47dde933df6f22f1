using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>
/// The operator's verdicts, in memory, so that serving a blob asks nobody. What is new is read every few seconds: a
/// blob that is blocked goes then, its owners' quotas with it, and is neither served nor taken again.
/// </summary>
public sealed partial class Verdicts(
    NpgsqlDataSource db, IBlobStore store, IOptions<BlossomOptions> options, TimeProvider clock, ILogger<Verdicts> log)
    : BackgroundService
{
    /// <summary>A verdict is dated when its transaction begins, and seen when that has ended.</summary>
    static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<string, bool> _blocked = new(StringComparer.Ordinal);
    DateTime _since = DateTime.UnixEpoch;

    public bool IsBlocked(string sha256) => _blocked.ContainsKey(sha256);

    /// <summary>The verdicts that stand are known before the first request.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await HeedAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.VerdictsEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await HeedAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException)
            {
                LogFailed(e);
            }
        }
    }

    async Task HeedAsync(CancellationToken ct)
    {
        foreach (var one in await db.ManyAsync<Verdict>(SelectNew, new { since = _since - Overlap }, ct))
        {
            if (!one.Blocked) _blocked.TryRemove(one.Sha256, out _);
            else if (_blocked.TryAdd(one.Sha256, true)) await DropAsync(one.Sha256, ct);
            if (one.DecidedAt > _since) _since = one.DecidedAt;
        }
    }

    async Task DropAsync(string sha256, CancellationToken ct)
    {
        try
        {
            var dropped = await db.InTransactionAsync(async tx =>
            {
                await BlobRows.LockAsync(tx, sha256, ct);
                await BlobRows.DropOwnersAsync(tx, sha256, ct);
                return await BlobRows.DropUnownedAsync(tx, sha256, ct);
            }, ct);
            await BlobRows.DropBytesAsync(db, store, sha256, ct);
            if (dropped) LogBlocked(sha256);
        }
        catch
        {
            // The next look does it.
            _blocked.TryRemove(sha256, out _);
            throw;
        }
    }

    sealed record Verdict(string Sha256, bool Blocked, DateTime DecidedAt);

    const string SelectNew = """
        select sha256 as Sha256, blocked as Blocked, decided_at as DecidedAt
          from blossom.verdict
         where decided_at >= @since
         order by decided_at
        """;

    [LoggerMessage(LogLevel.Warning, "Dropped blob {Sha256}: the operator blocked it")]
    partial void LogBlocked(string sha256);

    [LoggerMessage(LogLevel.Warning, "Verdicts could not be read; what is blocked stays so, and a look follows")]
    partial void LogFailed(Exception e);
}
