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
    readonly WorkerLoop _loop = new(parts.Clock, log);
    bool _deaf;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _loop.RunAsync("follow the relays", LookAsync, stoppingToken);
        }
        finally
        {
            foreach (var watching in _watches.Values) await watching.EndAsync();
        }
    }

    async Task LookAsync(CancellationToken ct)
    {
        var written = parts.Clock.GetTimestamp();
        while (true)
        {
            await FollowAsync(ct);
            if (parts.Clock.GetElapsedTime(written) >= parts.Options.ListeningEvery)
            {
                written = parts.Clock.GetTimestamp();
                await WriteDownAsync(ct);
            }

            var wait = parts.Options.ListeningEvery < LookEvery ? parts.Options.ListeningEvery : LookEvery;
            await Task.Delay(wait, parts.Clock, ct);
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
            var running = _loop.RunAsync($"watch {key.relay} for {key.role}", watch.RunAsync, end.Token);
            _watches[key] = new(watch, filters, end, running);
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
}
