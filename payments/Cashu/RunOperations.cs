using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Database;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Carries on what was begun: invoices that wait to be paid, and whatever a crash or a silent mint left open. Any
/// number of processes may do this on one database.
/// </summary>
sealed partial class RunOperations(
    OperationLog log, CashuWallet wallet, IOptions<CashuOptions> options, ILogger<RunOperations> logger)
    : BackgroundService
{
    const int AtOnceMax = 16;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var wake = new Signal();
        var loop = new ClaimLoop<Operation>(
            log.ClaimDueAsync, RunAsync, LogFailed, AtOnceMax, options.Value.PollInterval);
        await loop.RunAsync(wake, stoppingToken);
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

    [LoggerMessage(LogLevel.Debug, "Operation {Id} is in other hands")]
    partial void LogTaken(Guid id);

    [LoggerMessage(LogLevel.Warning, "Operation {Id} ({Kind}) is held up: {Code}")]
    partial void LogStopped(Guid id, string kind, string code);

    [LoggerMessage(LogLevel.Error, "An ecash operation was interrupted")]
    partial void LogFailed(Exception e);
}
