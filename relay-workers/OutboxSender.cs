using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// Sends what the outbox holds to all its relays at the same time, until at least one has said OK; the others are
/// tried a little longer. What each relay answered is written down, as many events at a time as there are.
/// </summary>
sealed partial class OutboxSender(
    NpgsqlDataSource db, SendingQueue queue, RelayPublisher publisher, IOptions<RelayWorkersOptions> options,
    TimeProvider clock, ILogger<OutboxSender> log) : BackgroundService
{
    const int SendersMax = 256;
    const int BatchMax = 1_000;
    const int SweepMax = 500;

    /// <summary>Nobody waits for a mark, so that many share a transaction.</summary>
    static readonly TimeSpan MarkEvery = TimeSpan.FromMilliseconds(50);

    readonly RelayWorkersOptions _options = options.Value;
    readonly Channel<Mark> _marks = Channel.CreateBounded<Mark>(
        new BoundedChannelOptions(BatchMax * 4) { SingleReader = true });

    readonly WorkerLoop _loop = new(clock, log);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
    [
        _loop.RunAsync("sweep the outbox", SweepAsync, stoppingToken),
        _loop.RunAsync("renew leases of the outbox", RenewAsync, stoppingToken),
        _loop.RunAsync("record what was sent", RecordAsync, stoppingToken),
        .. Enumerable.Range(0, SendersMax)
            .Select(_ => _loop.RunAsync("send events", SendAllAsync, stoppingToken)),
    ]);

    /// <summary>A place is free again as soon as one relay has the event: slow relays hold up nothing.</summary>
    async Task SendAllAsync(CancellationToken ct)
    {
        await foreach (var sending in queue.Waiting.ReadAllAsync(ct))
        {
            try
            {
                var answers = publisher.Publish(sending, ct);
                var done = FinishAsync(sending, answers, ct);
                if (!await RelayPool.AnyAcceptsAsync(answers)) await done;
            }
            catch
            {
                // The row is still due: whoever sweeps next finds it.
                queue.Leave(sending.Event.Id);
                throw;
            }
        }
    }

    /// <summary>Waits for every relay and writes down what they said; nobody may be waiting for this.</summary>
    async Task FinishAsync(Sending sending, List<Task<RelayAnswer>> answers, CancellationToken ct)
    {
        try
        {
            var answered = await Task.WhenAll(answers);
            var now = clock.GetUtcNow();
            var mark = Decide(sending, answered, now - (sending.AddedAt ?? now), _options);
            if (mark.Failed) LogUnsent(sending.Event.Id, sending.Event.Kind, string.Join("; ", mark.Answers));
            if (sending.Accepted.Count == 0 && mark.Accepted.Count > 0) RelayWorkersTelemetry.Sent.Add(1);
            await _marks.Writer.WriteAsync(mark, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogUnfinished(sending.Event.Id, e);
            queue.Leave(sending.Event.Id);
        }
    }

    /// <summary>Pure: what the relays' answers mean for the event.</summary>
    internal static Mark Decide(
        Sending sending, IReadOnlyList<RelayAnswer> answers, TimeSpan age, RelayWorkersOptions options)
    {
        string[] accepted =
        [
            .. sending.Accepted,
            .. answers.Where(answer => answer.Outcome == RelayOutcome.Accepted).Select(answer => answer.Relay),
        ];
        string[] said = [.. answers.Select(Line)];
        var again = answers.Any(answer => answer.WorthRetrying) || (answers.Count == 0 && accepted.Length == 0);
        var patience = accepted.Length > 0 ? options.OthersFor : options.SendFor;
        var wait = accepted.Length > 0 ? OthersWait(sending.Attempts) : FirstWait(sending.Attempts);
        return again && age + wait <= patience
            ? new(sending.Event.Id, accepted, said, wait, Failed: false)
            : new(sending.Event.Id, accepted, said, null, Failed: accepted.Length == 0);
    }

    /// <summary>
    /// A relay may say anything, but here it says it on one line, and without what PostgreSQL cannot keep.
    /// </summary>
    static string Line(RelayAnswer answer) =>
        $"{answer.Relay} {answer.Outcome} {answer.Reason.Text}".ReplaceLineEndings(" ").Replace('\0', ' ').Trim();

    /// <summary>Nobody has it yet: 1 s, doubling up to 5 minutes.</summary>
    static TimeSpan FirstWait(int attempts) => TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, Math.Min(attempts, 16))));

    /// <summary>Somebody has it, so the others get their time: 30 s, growing fourfold.</summary>
    static TimeSpan OthersWait(int attempts) => TimeSpan.FromSeconds(30 * Math.Pow(4, Math.Min(attempts, 8)));

    async Task RecordAsync(CancellationToken ct)
    {
        List<Mark> batch = [];
        while (await _marks.Reader.WaitToReadAsync(ct))
        {
            while (batch.Count < BatchMax && _marks.Reader.TryRead(out var mark)) batch.Add(mark);
            try
            {
                await _loop.InsistAsync(() => RecordAsync(batch, ct), ct);
            }
            finally
            {
                foreach (var mark in batch) queue.Leave(mark.EventId);
                batch.Clear();
            }

            await Task.Delay(MarkEvery, clock, ct);
        }
    }

    /// <summary>A mark that is lost with the machine costs one more EVENT, and the answer "duplicate".</summary>
    Task RecordAsync(List<Mark> batch, CancellationToken ct)
    {
        var rows = new
        {
            ids = batch.ConvertAll(mark => mark.EventId),
            oks = batch.ConvertAll(mark => string.Join('\n', mark.Accepted)),
            answers = batch.ConvertAll(mark => string.Join('\n', mark.Answers)),
            waits = batch.ConvertAll(mark => mark.RetryAfter),
        };
        return db.InTransactionAsync(
            async tx =>
            {
                await tx.RunAsync("set local synchronous_commit = off", null, ct);
                await tx.RunAsync(Record, rows, ct);
            },
            ct);
    }

    /// <summary>
    /// Looks for rows that are due and that nobody told us of: left by a crash, put off, or too many.
    /// </summary>
    async Task SweepAsync(CancellationToken ct)
    {
        while (true)
        {
            List<Row> rows = [];
            if (queue.HasRoom)
            {
                var args = new { SweepMax, lease = _options.Lease };
                await _loop.InsistAsync(async () => rows = await db.ManyAsync<Row>(Claim, args, ct), ct);
            }

            foreach (var row in rows)
            {
                if (StoredEvent.Read(row.EventJson) is not { } stored) continue;
                queue.Offer(new(stored.Event, row.Role, Row.Urls(row.Relays), Row.Urls(row.OkRelays), row.Attempts)
                {
                    AddedAt = row.AddedAt,
                });
            }

            if (rows.Count < SweepMax) await Task.Delay(_options.SweepEvery, clock, ct);
        }
    }

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
    /// <param name="Accepted">Every relay that has it.</param>
    /// <param name="Answers">What each relay said this time.</param>
    /// <param name="RetryAfter">When to try the rest; null when it is done.</param>
    /// <param name="Failed">It is done, and no relay has it.</param>
    internal sealed record Mark(
        string EventId, IReadOnlyList<string> Accepted, IReadOnlyList<string> Answers, TimeSpan? RetryAfter,
        bool Failed);

    sealed record Row(
        string EventId, string EventJson, string Role, string Relays, string OkRelays, int Attempts, DateTime AddedAt)
    {
        public static string[] Urls(string joined) => joined.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    const string Claim = """
        with due as (
            select event_id
              from relay_workers.outbox
             where next_attempt_at <= now()
             order by next_attempt_at
             limit @SweepMax
               for update skip locked
        )
        update relay_workers.outbox as row
           set next_attempt_at = now() + @lease
          from due
         where row.event_id = due.event_id
        returning row.event_id as EventId, row.event_json as EventJson, row.role as Role,
                  array_to_string(row.relays, ' ') as Relays, array_to_string(row.ok_relays, ' ') as OkRelays,
                  row.attempts as Attempts, row.added_at as AddedAt
        """;

    const string Renew = """
        update relay_workers.outbox
           set next_attempt_at = now() + @lease
         where event_id = any(@ids) and next_attempt_at < now() + @lease / 2
        """;

    const string Record = """
        update relay_workers.outbox as row
           set attempts = attempts + 1,
               ok_relays = coalesce(string_to_array(nullif(ok, ''), e'\n'), '{}'),
               answers = string_to_array(said, e'\n'),
               next_attempt_at = now() + wait,
               done_at = case when wait is null then now() end
          from unnest(@ids, @oks, @answers, @waits) as mark (event_id, ok, said, wait)
         where row.event_id = mark.event_id
        """;

    [LoggerMessage(LogLevel.Error, "No relay has taken {EventId} of kind {Kind}: {Answers}")]
    partial void LogUnsent(string eventId, int kind, string answers);

    [LoggerMessage(LogLevel.Error, "Sending {EventId} failed, it is tried again")]
    partial void LogUnfinished(string eventId, Exception e);
}
