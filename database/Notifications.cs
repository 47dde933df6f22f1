using System.Collections.Concurrent;
using System.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>
/// LISTEN on one connection for the whole process. A notification says "look now" and carries no truth: whoever
/// listens must also look by itself now and then. After a reconnection everybody is told once, since some may have
/// been missed.
/// </summary>
public sealed partial class Notifications(DirectDatabase db, ILogger<Notifications> log) : BackgroundService
{
    readonly ConcurrentDictionary<string, Action<string>[]> _listeners = new(StringComparer.Ordinal);
    CancellationTokenSource _changed = new();

    /// <summary>
    /// Calls back with each payload on the channel, and with "" after a reconnection; quickly, for all wait on it.
    /// A channel's name is lower-case letters and underscores.
    /// </summary>
    public IDisposable On(string channel, Action<string> heard)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        if (!channel.All(c => c is (>= 'a' and <= 'z') or '_')) throw new ArgumentException(channel, nameof(channel));

        _listeners.AddOrUpdate(channel, _ => [heard], (_, others) => [.. others, heard]);
        Volatile.Read(ref _changed).Cancel();
        return new Subscription(() =>
            _listeners.AddOrUpdate(channel, _ => [], (_, all) => [.. all.Where(one => one != heard)]));
    }

    /// <summary>A signal that is set by any notification on the channel, to be awaited with a bound.</summary>
    public Signal SignalOn(string channel)
    {
        var signal = new Signal();
        signal.Subscription = On(channel, _ => signal.Set());
        return signal;
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
        connection.Notification += (_, said) => Tell(said.Channel, said.Payload);
        HashSet<string> channels = [];

        // Waiting that is cut short may take the connection with it: then another is opened.
        while (connection.State == ConnectionState.Open)
        {
            var changed = new CancellationTokenSource();
            Volatile.Write(ref _changed, changed);
            foreach (var channel in _listeners.Keys.Where(channels.Add))
            {
                await using var listen = new NpgsqlCommand($"listen {channel}", connection);
                await listen.ExecuteNonQueryAsync(ct);
                Tell(channel, "");
            }

            await WaitAsync(connection, changed.Token, ct);
        }
    }

    /// <summary>Returns when a channel was added; throws when the connection is lost while nothing was.</summary>
    static async Task WaitAsync(NpgsqlConnection connection, CancellationToken changed, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(changed, ct);
        try
        {
            while (true) await connection.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // A channel was added.
        }
    }

    void Tell(string channel, string payload)
    {
        foreach (var heard in _listeners.GetValueOrDefault(channel, [])) heard(payload);
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

    internal IDisposable? Subscription { get; set; }

    public void Set()
    {
        lock (_set)
        {
            if (_set.CurrentCount == 0) _set.Release();
        }
    }

    /// <summary>True when it was set, false when the time was up first.</summary>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct) => _set.WaitAsync(atMost, ct);

    public void Dispose()
    {
        Subscription?.Dispose();
        _set.Dispose();
    }
}
