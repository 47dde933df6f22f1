using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Carries on what was begun: invoices that wait to be paid, and whatever a crash or a silent mint left open. Any
/// number of processes may do this on one database.
/// </summary>
sealed partial class RunOperations(
    OperationLog log, CashuWallet wallet, TidyEcash tidy, UnusedCounters counters, IOptions<CashuOptions> options,
    TimeProvider clock, ILogger<RunOperations> logger) : BackgroundService
{
    const int AtOnceMax = 16;
    static readonly TimeSpan TidyInterval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var wake = new Signal();
        var loop = new ClaimLoop<Operation>(
            log.ClaimDueAsync, RunAsync, LogFailed, AtOnceMax, options.Value.PollInterval);
        await Task.WhenAll(LookAheadAsync(stoppingToken), loop.RunAsync(wake, stoppingToken), TidyAsync(stoppingToken));
    }

    /// <summary>So that the first customer does not wait for it.</summary>
    async Task LookAheadAsync(CancellationToken ct)
    {
        foreach (var mint in wallet.Mints)
        {
            try
            {
                await counters.ActiveAsync(mint, ct);
            }
            catch (Exception e) when (e is ProblemException or NpgsqlException)
            {
                LogNotAhead(mint, e.Message);
            }
        }
    }

    async Task TidyAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TidyInterval, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                while (await tidy.HandleAsync(ct)) LogTidied();
            }
            catch (Exception e) when (e is ProblemException or NpgsqlException or OperationTakenException)
            {
                LogUntidy(e.Message);
            }
        }
    }

    internal async Task RunAsync(Operation op, CancellationToken ct)
    {
        try
        {
            await wallet.RunAsync(op, ct);
        }
        catch (OperationTakenException)
        {
            LogTaken(op.Id);
        }
        catch (ProblemException e)
        {
            LogStopped(op.Id, op.Kind, e.Problem.Code);
            await log.PostponeAsync(op, null, inDoubt: true, ct);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Mint} has not said yet what it signed: it is asked before it signs ({Reason})")]
    partial void LogNotAhead(string mint, string reason);

    [LoggerMessage(LogLevel.Debug, "Small ecash was made large")]
    partial void LogTidied();

    [LoggerMessage(LogLevel.Warning, "Small ecash stays small for now: {Reason}")]
    partial void LogUntidy(string reason);

    [LoggerMessage(LogLevel.Debug, "Operation {Id} is in other hands")]
    partial void LogTaken(Guid id);

    [LoggerMessage(LogLevel.Warning, "Operation {Id} ({Kind}) is held up: {Code}")]
    partial void LogStopped(Guid id, string kind, string code);

    [LoggerMessage(LogLevel.Error, "An ecash operation was interrupted")]
    partial void LogFailed(Exception e);
}
