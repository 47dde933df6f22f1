using Microsoft.Extensions.Logging;
using Npgsql;

namespace PoA.Nostr.RelayWorkers;

/// <summary>What every loop of a worker does when something fails: it says so, and goes on.</summary>
sealed partial class WorkerLoop(TimeProvider clock, ILogger log)
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly ILogger _log = log;

    /// <summary>Runs until the work returns or the process stops. After a fault the work begins anew.</summary>
    public async Task RunAsync(string name, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        await Task.Yield();
        while (true)
        {
            try
            {
                await work(ct);
                return;
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFault(name, e);
            }

            await Task.Delay(RetryAfter, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The database may be away for a while: the work waits for it. What it refuses is a fault.</summary>
    public async Task InsistAsync(Func<Task> work, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception e) when (IsAway(e))
            {
                LogDatabase(e.Message);
                await Task.Delay(RetryAfter, clock, ct);
            }
        }
    }

    /// <summary>It does not answer; what it says of our data (classes 22, 23) or statement (42) is a fault.</summary>
    static bool IsAway(Exception e) =>
        e is TimeoutException
        || (e is NpgsqlException && e is not PostgresException { SqlState: ['2', '2' or '3', ..] or ['4', '2', ..] });

    [LoggerMessage(LogLevel.Error, "The loop {Name} failed, and begins anew")]
    partial void LogFault(string name, Exception e);

    [LoggerMessage(LogLevel.Error, "The database does not answer: {Reason}")]
    partial void LogDatabase(string reason);
}
