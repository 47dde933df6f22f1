using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Ledger;

/// <summary>
/// One process of all keeps the books: it frees holds that expired, rolls the revenue up and audits everything, each
/// at its interval.
/// </summary>
sealed partial class KeepBooks(
    NpgsqlDataSource db, DirectDatabase direct, AuditBooks audit, IOptions<LedgerOptions> options, TimeProvider clock,
    ILogger<KeepBooks> log) : BackgroundService
{
    const int ExpireMax = 1_000;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Singleton.RunAsync(
            direct, "ledger.keep-books",
            ct => Task.WhenAll(
                RepeatAsync(options.Value.ExpiryInterval, ExpireAsync, ct),
                RepeatAsync(options.Value.AuditInterval, AuditAsync, ct)),
            stoppingToken);

    async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(interval, clock);
        do
        {
            try
            {
                await work(ct);
            }
            catch (NpgsqlException e)
            {
                LogFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    async Task ExpireAsync(CancellationToken ct)
    {
        int expired;
        do
        {
            expired = await Holds.ExpireAsync(db, clock.GetUtcNow(), ExpireMax, ct);
            LedgerTelemetry.Expired.Add(expired);
        }
        while (expired == ExpireMax);
    }

    /// <summary>Days before today may still change: by a transaction that began then and ended now.</summary>
    async Task AuditAsync(CancellationToken ct)
    {
        await Revenue.RollUpAsync(db, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-2), ct);
        var report = await audit.RunAndNoteAsync(ct);
        LedgerTelemetry.Note(report);
        if (!report.Balanced) LogBroken(string.Join(", ", report.Broken));
    }

    [LoggerMessage(LogLevel.Error, "The books are broken, withdrawals stop: {Broken}. ./poa audit says more")]
    partial void LogBroken(string broken);

    [LoggerMessage(LogLevel.Warning, "The books could not be kept this time")]
    partial void LogFailed(Exception e);
}
