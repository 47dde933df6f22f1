using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.RelayWorkers;

/// <summary>Removes what was handled or sent long ago, a little at a time. What waits or is parked stays.</summary>
sealed partial class ForgetOldRows(
    NpgsqlDataSource db, IOptions<RelayWorkersOptions> options, TimeProvider clock, ILogger<ForgetOldRows> log)
    : BackgroundService
{
    const int ChunkMax = 5_000;
    static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                LogFailed(e.Message);
            }

            await Task.Delay(Every, clock, stoppingToken);
        }
    }

    internal async Task RunAsync(CancellationToken ct)
    {
        var row = new { keep = options.Value.KeepFor, ChunkMax };
        foreach (var statement in new[] { Inbox, Outbox, Listening })
        {
            while (await db.RunAsync(statement, row, ct) == ChunkMax)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, ct);
            }
        }
    }

    const string Inbox = """
        delete from relay_workers.inbox
         where event_id in (
            select event_id
              from relay_workers.inbox as row
             where received_at < now() - @keep
               and not exists (select from relay_workers.waiting where event_id = row.event_id)
             limit @ChunkMax)
        """;

    const string Outbox = """
        delete from relay_workers.outbox
         where event_id in (
            select event_id
              from relay_workers.outbox
             where added_at < now() - @keep and done_at < now() - @keep
             limit @ChunkMax)
        """;

    const string Listening = """
        delete from relay_workers.listening
         where id in (select id from relay_workers.listening where last_at < now() - @keep * 10 limit @ChunkMax)
        """;

    [LoggerMessage(LogLevel.Warning, "Old rows cannot be removed now: {Reason}")]
    partial void LogFailed(string reason);
}
