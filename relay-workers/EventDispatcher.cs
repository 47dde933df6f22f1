using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// Takes events from the inbox and hands each to every feature that wants it, many at a time. A problem is final;
/// any other failure is tried again, ever later, and at last left for a person. What a crash interrupted is taken up
/// by whoever looks next.
/// </summary>
sealed partial class EventDispatcher(
    NpgsqlDataSource db, DeliveryQueue queue, IEnumerable<IEventReceiver> receivers,
    IOptions<RelayWorkersOptions> options, TimeProvider clock, ILogger<EventDispatcher> log) : BackgroundService
{
    const int BatchMax = 1_000;
    const int SweepMax = 500;

    /// <summary>Nobody waits for a mark, so that many share a transaction.</summary>
    static readonly TimeSpan MarkEvery = TimeSpan.FromMilliseconds(50);

    static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(1);
    static readonly TimeSpan RetryMax = TimeSpan.FromMinutes(10);

    readonly IEventReceiver[] _receivers = [.. receivers];
    readonly RelayWorkersOptions _options = options.Value;
    readonly Channel<Outcome> _outcomes = Channel.CreateBounded<Outcome>(
        new BoundedChannelOptions(options.Value.WaitingMax) { SingleReader = true });

    readonly WorkerLoop _loop = new(clock, log);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
    [
        _loop.RunAsync("sweep the inbox", SweepAsync, stoppingToken),
        _loop.RunAsync("renew leases of the inbox", RenewAsync, stoppingToken),
        _loop.RunAsync("record what was handled", RecordAsync, stoppingToken),
        .. Enumerable.Range(0, _options.HandlersMax)
            .Select(_ => _loop.RunAsync("handle events", HandleAllAsync, stoppingToken)),
    ]);

    async Task HandleAllAsync(CancellationToken ct)
    {
        await foreach (var delivery in queue.Waiting.ReadAllAsync(ct))
        {
            await _outcomes.Writer.WriteAsync(await HandleAsync(delivery, ct), ct);
        }
    }

    /// <summary>One bad event must not stop the worker, whatever its handler throws.</summary>
    internal async Task<Outcome> HandleAsync(Delivery delivery, CancellationToken ct)
    {
        var received = delivery.Event.Event;
        try
        {
            foreach (var receiver in _receivers)
            {
                if (receiver.Filters.Any(filter => filter.Matches(received)) && receiver.Wants(received))
                {
                    await receiver.ReceiveAsync(delivery.Event, ct);
                }
            }

            return new(received.Id, null, null);
        }
        catch (ProblemException e)
        {
            LogRefused(received.Id, e.Problem.Code, e.Problem.Recovery);
            return new(received.Id, null, null);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return Later(received.Id, delivery.Attempts, e);
        }
    }

    Outcome Later(string id, int attempts, Exception e)
    {
        var reason = (e.Message.Length > 500 ? e.Message[..500] : e.Message).Replace('\0', ' ');
        if (attempts >= _options.AttemptsMax)
        {
            LogParked(id, attempts, e);
            return new(id, null, reason);
        }

        var wait = RetryMin * Math.Pow(2, Math.Min(attempts - 1, 16));
        LogFailed(id, attempts, e);
        return new(id, wait < RetryMax ? wait : RetryMax, reason);
    }

    /// <summary>Writes outcomes down, as many at a time as there are.</summary>
    async Task RecordAsync(CancellationToken ct)
    {
        List<Outcome> batch = [];
        while (await _outcomes.Reader.WaitToReadAsync(ct))
        {
            while (batch.Count < BatchMax && _outcomes.Reader.TryRead(out var outcome)) batch.Add(outcome);
            try
            {
                await _loop.InsistAsync(() => RecordAsync(batch, ct), ct);
                RelayWorkersTelemetry.Handled.Add(batch.Count(outcome => outcome.Error is null));
            }
            finally
            {
                foreach (var outcome in batch) queue.Leave(outcome.EventId);
                batch.Clear();
            }

            await Task.Delay(MarkEvery, clock, ct);
        }
    }

    /// <summary>
    /// A mark that is lost with the machine costs one more call of a handler that is safe to repeat, so nobody waits
    /// for the disk.
    /// </summary>
    Task RecordAsync(List<Outcome> batch, CancellationToken ct) => db.InTransactionAsync(
        async tx =>
        {
            await tx.RunAsync("set local synchronous_commit = off", null, ct);
            var done = batch.Where(outcome => outcome.Error is null).Select(outcome => outcome.EventId).ToArray();
            if (done.Length > 0) await tx.RunAsync(Delete, new { ids = done }, ct);
            foreach (var (id, wait, error) in batch.Where(outcome => outcome.Error is not null))
            {
                await tx.RunAsync(Postpone, new { id, wait, error }, ct);
            }
        },
        ct);

    /// <summary>
    /// Looks for rows that are due and held by nobody: left by a crash, put off, or more than fitted.
    /// </summary>
    async Task SweepAsync(CancellationToken ct)
    {
        while (true)
        {
            var places = queue.Reserve(SweepMax);
            List<Row> rows = [];
            try
            {
                await _loop.InsistAsync(
                    async () => rows = places == 0
                        ? []
                        : await db.ManyAsync<Row>(Claim, new { places, lease = _options.Lease }, ct),
                    ct);
            }
            finally
            {
                queue.Release(places - rows.Count);
            }

            foreach (var row in rows) Take(row);
            if (rows.Count < places || places == 0) await queue.Due.WaitAsync(_options.SweepEvery, ct);
        }
    }

    void Take(Row row)
    {
        if (StoredEvent.Read(row.EventJson) is { } stored) queue.Add(new(stored, row.Attempts));
        else queue.Release(1);
    }

    /// <summary>Rows that wait long in memory stay ours.</summary>
    async Task RenewAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(_options.Lease / 3, clock, ct);
            if (queue.Held is not { Length: > 0 } ids) continue;
            await _loop.InsistAsync(() => db.RunAsync(Renew, new { ids, lease = _options.Lease }, ct), ct);
        }
    }

    /// <param name="EventId">Which event.</param>
    /// <param name="RetryAfter">When to try again after an error; null parks it.</param>
    /// <param name="Error">Null when it is handled for good.</param>
    internal sealed record Outcome(string EventId, TimeSpan? RetryAfter, string? Error);

    sealed record Row(string EventId, string EventJson, int Attempts);

    const string Claim = """
        with due as (
            select event_id
              from relay_workers.waiting
             where next_attempt_at <= now()
             order by next_attempt_at
             limit @places
               for update skip locked
        )
        update relay_workers.waiting as row
           set next_attempt_at = now() + @lease, attempts = attempts + 1
          from due
         where row.event_id = due.event_id
        returning row.event_id as EventId, row.event_json as EventJson, row.attempts as Attempts
        """;

    const string Renew = """
        update relay_workers.waiting
           set next_attempt_at = now() + @lease
         where event_id = any(@ids) and next_attempt_at < now() + @lease / 2
        """;

    const string Delete = "delete from relay_workers.waiting where event_id = any(@ids)";

    const string Postpone = """
        update relay_workers.waiting
           set next_attempt_at = now() + @wait, last_error = @error
         where event_id = @id
        """;

    [LoggerMessage(LogLevel.Information, "Refused {EventId}: {Code}, the sender should {Recovery}")]
    partial void LogRefused(string eventId, string code, RecoveryAction recovery);

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempts} on {EventId} failed")]
    partial void LogFailed(string eventId, int attempts, Exception e);

    [LoggerMessage(LogLevel.Error, "Gave up on {EventId} after {Attempts} attempts: it is parked")]
    partial void LogParked(string eventId, int attempts, Exception e);
}
