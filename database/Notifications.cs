using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>
/// Word between the processes of one database, by LISTEN on one connection of each. It says "look now" and carries no
/// truth: whoever listens must also look by itself now and then. After a reconnection everybody is told once, since
/// some of it may have been missed.
/// </summary>
public sealed partial class Notifications(DirectDatabase db, ILogger<Notifications> log) : BackgroundService
{
    /// <summary>
    /// One of PostgreSQL's for all topics, so that a wait is never cut short to listen to another: that can cost the
    /// connection, and word with it.
    /// </summary>
    const string Channel = "poa";

    readonly ConcurrentDictionary<string, Action<string>[]> _listeners = new(StringComparer.Ordinal);

    /// <summary>
    /// Calls back with each payload of the topic, and with "" when listening has begun or begun again; quickly, for
    /// all wait on it. A topic is lower-case letters and underscores.
    /// </summary>
    public IDisposable On(string topic, Action<string> heard)
    {
        Ensure(topic);
        _listeners.AddOrUpdate(topic, _ => [heard], (_, others) => [.. others, heard]);
        return new Subscription(() =>
            _listeners.AddOrUpdate(topic, _ => [], (_, all) => [.. all.Where(one => one != heard)]));
    }

    /// <summary>A signal that is set by any word of the topic, to be awaited with a bound.</summary>
    public Signal SignalOn(string topic)
    {
        var signal = new Signal();
        signal.Subscription = On(topic, _ => signal.Set());
        return signal;
    }

    /// <summary>Tells every process, this one too. For what is rare: PostgreSQL commits these one at a time.</summary>
    /// <param name="db">Pooled or direct: only listening needs a connection of its own.</param>
    /// <param name="topic">Lower-case letters and underscores.</param>
    /// <param name="payload">An id or nothing; under 8,000 bytes with the topic.</param>
    /// <param name="ct">Stops it.</param>
    public static Task SayAsync(NpgsqlDataSource db, string topic, string payload, CancellationToken ct)
    {
        Ensure(topic);
        return db.RunAsync("select pg_notify(@Channel, @said)", new { Channel, said = $"{topic} {payload}" }, ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                LogLost(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        connection.Notification += (_, said) => Hear(said.Payload);
        await using var listen = new NpgsqlCommand($"listen {Channel}", connection);
        await listen.ExecuteNonQueryAsync(ct);
        foreach (var topic in _listeners.Keys) Tell(topic, "");
        try
        {
            while (true) await connection.WaitAsync(ct);
        }
        finally
        {
            // Nobody else may have it: it still listens, and after a wait that was cut short it loses word.
            db.Source.Clear();
        }
    }

    void Hear(string said)
    {
        var space = said.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0) Tell(said[..space], said[(space + 1)..]);
    }

    void Tell(string topic, string payload)
    {
        foreach (var heard in _listeners.GetValueOrDefault(topic, [])) heard(payload);
    }

    static void Ensure(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        if (!topic.All(c => c is (>= 'a' and <= 'z') or '_')) throw new ArgumentException(topic, nameof(topic));
    }

    sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    [LoggerMessage(LogLevel.Warning, "Notifications are interrupted, connecting again: {Reason}")]
    partial void LogLost(string reason);
}

/// <summary>Set any number of times, seen once: the wake-up of a loop that also looks by itself.</summary>
public sealed class Signal : IDisposable
{
    readonly SemaphoreSlim _set = new(0, 1);
    bool _ended;

    internal IDisposable? Subscription { get; set; }

    public void Set()
    {
        lock (_set)
        {
            // Word that was under way when whoever waited for it ended is for nobody.
            if (!_ended && _set.CurrentCount == 0) _set.Release();
        }
    }

    /// <summary>True when it was set, false when the time was up first.</summary>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct) => _set.WaitAsync(atMost, ct);

    public void Dispose()
    {
        Subscription?.Dispose();
        lock (_set)
        {
            _ended = true;
            _set.Dispose();
        }
    }
}
