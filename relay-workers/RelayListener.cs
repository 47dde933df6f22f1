using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// Keeps one watch for each relay and role that some feature listens on, follows relays.json and the features'
/// filters while they change, and writes down that it listens.
/// </summary>
sealed partial class RelayListener(
    RelayPool pool, RelayDirectory directory, IEnumerable<IEventReceiver> receivers, ListenerParts parts,
    ListeningRecord record, ILogger<RelayListener> log) : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly Dictionary<string, IEventReceiver[]> _byRole = receivers
        .GroupBy(receiver => receiver.Role, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    readonly Dictionary<(string Relay, string Role), Watching> _watches = [];
    bool _deaf;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var written = parts.Clock.GetTimestamp();
            while (true)
            {
                await FollowAsync(stoppingToken);
                if (parts.Clock.GetElapsedTime(written) >= parts.Options.ListeningEvery)
                {
                    written = parts.Clock.GetTimestamp();
                    await WriteDownAsync(stoppingToken);
                }

                var wait = parts.Options.ListeningEvery < LookEvery ? parts.Options.ListeningEvery : LookEvery;
                await Task.Delay(wait, parts.Clock, stoppingToken);
            }
        }
        finally
        {
            foreach (var watching in _watches.Values) await watching.EndAsync();
        }
    }

    /// <summary>Starts and ends watches so that they are what relays.json and the filters say now.</summary>
    async Task FollowAsync(CancellationToken ct)
    {
        var wanted = _byRole.Keys
            .SelectMany(role => directory.For(role), (role, relay) => (relay, role))
            .ToDictionary(key => key, key => Fingerprint(_byRole[key.role]));
        foreach (var (key, watching) in _watches.ToList())
        {
            if (wanted.TryGetValue(key, out var filters) && watching.Filters == filters) continue;
            _watches.Remove(key);
            await watching.EndAsync();
        }

        foreach (var link in pool.Links.Where(link => !link.IsStranger && !directory.All.Contains(link.Url)))
        {
            await pool.LeaveAsync(link.Url);
        }

        foreach (var (key, filters) in wanted.Where(one => !_watches.ContainsKey(one.Key)))
        {
            var watch = new RelayWatch(pool.Ours(key.relay), key.role, _byRole[key.role], parts);
            var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
            _watches[key] = new(watch, filters, end, RunAsync(watch, end.Token));
            LogWatching(key.relay, key.role);
        }
    }

    async Task WriteDownAsync(CancellationToken ct)
    {
        var heard = _watches.Values.Where(watching => watching.Watch.IsListening)
            .Select(watching => watching.Watch.Role).Distinct().ToArray();
        await record.TouchAsync(heard, ct);
        var deaf = heard.Length < _byRole.Count;
        if (deaf && !_deaf) LogDeaf(string.Join(", ", _byRole.Keys.Except(heard)));
        _deaf = deaf;
    }

    async Task RunAsync(RelayWatch watch, CancellationToken ct)
    {
        try
        {
            await watch.RunAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // The watch is not wanted any more.
        }
        catch (Exception e)
        {
            LogBroken(watch.Role, e);
            throw;
        }
    }

    static string Fingerprint(IEnumerable<IEventReceiver> receivers) =>
        string.Join(' ', receivers.SelectMany(receiver => receiver.Filters).Select(RelayWatch.Name));

    sealed record Watching(RelayWatch Watch, string Filters, CancellationTokenSource End, Task Running)
    {
        public async Task EndAsync()
        {
            await End.CancelAsync();
            await Running;
            End.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Information, "Listening to {Relay} for {Role}")]
    partial void LogWatching(string relay, string role);

    [LoggerMessage(LogLevel.Error, "No relay is heard for {Roles}")]
    partial void LogDeaf(string roles);

    [LoggerMessage(LogLevel.Critical, "The watch for {Role} ended, which must not happen")]
    partial void LogBroken(string role, Exception e);
}
