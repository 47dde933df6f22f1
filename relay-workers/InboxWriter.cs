using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// Stores verified events before anybody works on them: whatever has come in while the last statement ran goes into
/// the next, so one round trip and one fsync serve them all. When the database is slow or gone, arrivals wait here,
/// then in the sockets, then at the relays.
/// </summary>
sealed partial class InboxWriter(
    NpgsqlDataSource db, DeliveryQueue queue, IOptions<RelayWorkersOptions> options, ILogger<InboxWriter> log)
    : BackgroundService
{
    const int BatchMax = 500;
    const int ArrivalsMax = 1_024;
    static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    readonly Channel<object> _arrivals = Channel.CreateBounded<object>(
        new BoundedChannelOptions(ArrivalsMax) { SingleReader = true });

    /// <summary>Ids that are in the inbox: a second copy needs no signature check and no statement.</summary>
    public SeenIds Stored { get; } = new(65_536);

    public ValueTask AddAsync(Arrival arrival, CancellationToken ct) => _arrivals.Writer.WriteAsync(arrival, ct);

    /// <summary>Returns when everything that was added before is stored.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        var barrier = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _arrivals.Writer.WriteAsync(barrier, ct);
        await barrier.Task.WaitAsync(ct);
    }

    /// <summary>What the inbox has of these kinds and of that time, both ends included; no more than so many.</summary>
    public async Task<List<ReconciledItem>> KnownAsync(
        IReadOnlyList<int> kinds, long since, long until, int most, CancellationToken ct)
    {
        var rows = await db.ManyAsync<Known>(SelectKnown, new { kinds = kinds.ToArray(), since, until, most }, ct);
        return [.. rows.Select(row => ReconciledItem.From(row.CreatedAt, row.EventId))];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Dictionary<string, Arrival> batch = new(StringComparer.Ordinal);
        List<TaskCompletionSource> barriers = [];
        while (await _arrivals.Reader.WaitToReadAsync(stoppingToken))
        {
            while (batch.Count < BatchMax && _arrivals.Reader.TryRead(out var next))
            {
                if (next is TaskCompletionSource barrier) barriers.Add(barrier);
                else if (next is Arrival arrival) batch.TryAdd(arrival.Event.Event.Id, arrival);
            }

            if (batch.Count > 0) await StoreAsync([.. batch.Values], stoppingToken);
            foreach (var barrier in barriers) barrier.TrySetResult();
            batch.Clear();
            barriers.Clear();
        }
    }

    /// <summary>Tries until it is stored: nothing that was verified is dropped while the process lives.</summary>
    async Task StoreAsync(List<Arrival> batch, CancellationToken ct)
    {
        while (true)
        {
            var places = queue.Reserve(batch.Count);
            try
            {
                var fresh = await InsertAsync(batch, places, ct);
                foreach (var arrival in batch) Stored.Add(arrival.Event.Event.Id);
                foreach (var arrival in batch.Take(places))
                {
                    if (fresh.Contains(arrival.Event.Event.Id)) queue.Add(new(arrival.Event, Attempts: 1));
                    else queue.Release(1);
                }

                if (places < batch.Count) queue.Due.Set();
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                queue.Release(places);
                LogNotStored(batch.Count, e.Message);
                await Task.Delay(RetryAfter, ct);
            }
        }
    }

    /// <summary>
    /// The ids that were new. The first so many rows are leased to this process, the rest are anybody's.
    /// </summary>
    async Task<HashSet<string>> InsertAsync(List<Arrival> batch, int places, CancellationToken ct)
    {
        var rows = new
        {
            ids = batch.ConvertAll(arrival => arrival.Event.Event.Id),
            kinds = batch.ConvertAll(arrival => arrival.Event.Event.Kind),
            createdAts = batch.ConvertAll(arrival => arrival.Event.Event.CreatedAt),
            relays = batch.ConvertAll(arrival => arrival.Relay),
            jsons = batch.Select(arrival => EventJson.Write(arrival.Event.Event)).ToArray(),
            leased = batch.Select((_, i) => i < places).ToArray(),
            lease = options.Value.Lease,
        };
        return (await db.ManyAsync<string>(Insert, rows, ct)).ToHashSet(StringComparer.Ordinal);
    }

    sealed record Known(string EventId, long CreatedAt);

    const string SelectKnown = """
        select event_id as EventId, created_at as CreatedAt
          from relay_workers.inbox
         where created_at between @since and @until and kind = any(@kinds)
         limit @most
        """;

    const string Insert = """
        with fresh as (
            insert into relay_workers.inbox (event_id, kind, created_at, relay_url)
            select * from unnest(@ids, @kinds, @createdAts, @relays)
            on conflict (event_id) do nothing
            returning event_id
        )
        insert into relay_workers.waiting (event_id, event_json, next_attempt_at)
        select event_id, convert_from(json, 'UTF8'), case when leased then now() + @lease else now() end
          from fresh
          join unnest(@ids, @jsons, @leased) as given (event_id, json, leased) using (event_id)
        returning event_id
        """;

    [LoggerMessage(LogLevel.Error, "{Count} events cannot be stored yet: {Reason}")]
    partial void LogNotStored(int count, string reason);
}
