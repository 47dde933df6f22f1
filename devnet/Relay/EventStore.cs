using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>An event that waits for the disk, and whom to tell.</summary>
readonly record struct Submission(IncomingEvent Event, Action<IncomingEvent, Verdict> Answer);

/// <summary>
/// The events and who listens to them. One thread writes: it takes what has gathered while the disk was busy, writes
/// it as one group, and only then shows it to anybody. Reading and opening subscriptions take turns with it.
/// </summary>
sealed partial class EventStore : IDisposable
{
    const int GroupMax = 256;
    const long CompactionBytesMin = 1 << 20;
    readonly BlockingCollection<Submission> _queue;
    readonly EventLog _log;
    readonly EventIndex _index;
    readonly LiveSubscriptions _live = new();
    readonly Lock _gate = new();
    readonly TimeProvider _clock;
    readonly ILogger _logger;
    readonly Thread _writer;

    EventStore(EventLog log, EventIndex index, RelayOptions options, TimeProvider clock, ILogger logger)
    {
        (_log, _index, _clock, _logger) = (log, index, clock, logger);
        _queue = new(options.ConnectionsMax * options.UncommittedMax);
        _writer = new(WriteAll) { IsBackground = true, Name = "relay writer" };
        _writer.Start();
    }

    public int Count
    {
        get { lock (_gate) return _index.Count; }
    }

    /// <summary>Opens the log, cuts a torn end off, and rewrites it when much of it is dead.</summary>
    public static EventStore Open(RelayOptions options, TimeProvider clock, ILogger logger)
    {
        Directory.CreateDirectory(options.Data);
        var path = Path.Combine(options.Data, "events.log");
        var (log, index) = Load(path, options, logger);
        var now = (uint)clock.GetUtcNow().ToUnixTimeSeconds();
        if (LogCompaction.IsDue(log, index, now, CompactionBytesMin))
        {
            var before = log.End;
            LogCompaction.Run(log, index, now);
            log.Dispose();
            (log, index) = Load(path, options, logger);
            LogCompacted(logger, before, log.End);
        }

        return new(log, index, options, clock, logger);
    }

    /// <summary>Queues the event. The answer comes when it is on disk, or known not to go there.</summary>
    public void Submit(IncomingEvent e, Action<IncomingEvent, Verdict> answer) => _queue.Add(new(e, answer));

    /// <summary>Shows an event to those who listen, and forgets it.</summary>
    public void Broadcast(IncomingEvent e)
    {
        lock (_gate) _live.Publish(e);
    }

    /// <summary>
    /// Sends what is stored, then the end of it, then everything that is committed from now on. Both happen in one
    /// turn, so that no event is missing between them and none comes twice.
    /// </summary>
    public void Subscribe(Subscription subscription, byte[] endOfStored)
    {
        lock (_gate)
        {
            subscription.Outbound.Stored(subscription.Head, Select(subscription.Queries));
            subscription.Outbound.Text(endOfStored);
            _live.Add(subscription);
        }
    }

    public void Unsubscribe(Subscription subscription)
    {
        lock (_gate) _live.Remove(subscription);
    }

    /// <summary>Where the matching events lie, newest first, each once.</summary>
    public Stored[] Find(IReadOnlyList<Query> queries)
    {
        lock (_gate) return Select(queries);
    }

    /// <summary>Keeps what <see cref="Read"/> returns readable until the hold is disposed.</summary>
    public IDisposable Hold() => _log.Hold();

    public ReadOnlySpan<byte> Read(Stored at) => _log.Read(at);

    /// <summary>What NIP-77 compares of a stored event.</summary>
    public ReconciledItem Item(Stored at)
    {
        var e = EventJson.TryParse(Read(at), out _)!;
        return ReconciledItem.From(e.CreatedAt, e.Id);
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _writer.Join();
        _queue.Dispose();
        _log.Dispose();
    }

    static (EventLog Log, EventIndex Index) Load(string path, RelayOptions options, ILogger logger)
    {
        var log = new EventLog(path, options.LogBytesMax);
        var index = new EventIndex();
        var cut = log.Replay(at =>
        {
            var json = log.Read(at);
            if (EventJson.TryParse(json, out _) is { } e) index.Add(IncomingEvent.From(e, []), at);
        });
        if (cut > 0) LogCut(logger, path, cut);
        return (log, index);
    }

    Stored[] Select(IReadOnlyList<Query> queries)
    {
        var now = (uint)_clock.GetUtcNow().ToUnixTimeSeconds();
        if (queries is [var only]) return Places(Search.Run(_index, only, now));

        HashSet<int> rows = [.. queries.SelectMany(query => Search.Run(_index, query, now))];
        List<int> sorted = [.. rows];
        sorted.Sort((left, right) => _index.Table.Compare(right, left));
        return Places(sorted);
    }

    Stored[] Places(List<int> rows)
    {
        var places = new Stored[rows.Count];
        for (var i = 0; i < places.Length; i++) places[i] = _index.Table[rows[i]].At;
        return places;
    }

    void WriteAll()
    {
        List<Submission> group = [];
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            group.Add(first);
            while (group.Count < GroupMax && _queue.TryTake(out var next)) group.Add(next);
            Write(group);
            group.Clear();
        }
    }

    void Write(List<Submission> group)
    {
        var verdicts = new Verdict[group.Count];
        var places = new Stored?[group.Count];
        HashSet<UInt128> ids = [];
        for (var i = 0; i < group.Count; i++)
        {
            var e = group[i].Event;
            verdicts[i] = ids.Add(e.Id) ? _index.Judge(e) : Verdict.Duplicate;
            if (verdicts[i] == Verdict.Stored && (places[i] = _log.Append(e.Json)) is null) verdicts[i] = Verdict.Full;
        }

        try
        {
            _log.Commit();
            Show(group, places, verdicts);
        }
        catch (IOException e)
        {
            LogNotWritten(_logger, e);
            for (var i = 0; i < group.Count; i++)
            {
                if (places[i] is not null) verdicts[i] = Verdict.Full;
            }
        }

        for (var i = 0; i < group.Count; i++) group[i].Answer(group[i].Event, verdicts[i]);
    }

    void Show(List<Submission> group, Stored?[] places, Verdict[] verdicts)
    {
        lock (_gate)
        {
            for (var i = 0; i < group.Count; i++)
            {
                if (places[i] is not { } at) continue;
                verdicts[i] = _index.Add(group[i].Event, at);
                if (verdicts[i] == Verdict.Stored) _live.Publish(group[i].Event);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Cut {Bytes} bytes of an unfinished write off the end of {Path}")]
    static partial void LogCut(ILogger logger, string path, long bytes);

    [LoggerMessage(LogLevel.Information, "Rewrote the event log: {Before} bytes became {After}")]
    static partial void LogCompacted(ILogger logger, long before, long after);

    [LoggerMessage(LogLevel.Error, "The event log could not be written")]
    static partial void LogNotWritten(ILogger logger, IOException e);
}
