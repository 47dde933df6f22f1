using System.Collections.Concurrent;
using PoA.Nostr.Market.Index;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// Jobs that ask for the same count while one is being made take that one: it names the version of the index that it
/// holds for, so that nobody is told anything stale. Nothing is kept once it is made.
/// </summary>
sealed class SharedCounts(CountEvents count)
{
    readonly ConcurrentDictionary<string, Lazy<Task<EventCount>>> _underWay = [];

    public async Task<EventCount> CountAsync(IReadOnlyList<Filter> filters, CancellationToken ct)
    {
        var key = RecentRecounts.Key(filters);
        var made = _underWay.GetOrAdd(key, _ => new(() => MakeAsync(key, filters)));
        return await made.Value.WaitAsync(ct);
    }

    /// <summary>One count serves many jobs, so that none of them may cancel it.</summary>
    async Task<EventCount> MakeAsync(string key, IReadOnlyList<Filter> filters)
    {
        try
        {
            return await count.CountAsync(filters, CancellationToken.None);
        }
        finally
        {
            _underWay.TryRemove(key, out _);
        }
    }
}
