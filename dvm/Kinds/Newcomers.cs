using System.Collections.Concurrent;
using PoA.Nostr.Market.Index;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// Somebody of whom the index knows no follow list: their lists are asked of the relays, once in a while, for as long
/// as a person waits.
/// </summary>
public sealed class Newcomers(RankNotes rank, IndexEvents index, IEventFinder finder, TimeProvider clock)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(10);
    const int AskedMax = 10_000;

    readonly ConcurrentDictionary<string, DateTimeOffset> _asked = [];

    /// <summary>Returns at once for somebody known, and within three seconds for anybody.</summary>
    public async Task LearnAsync(string pubkey, CancellationToken ct)
    {
        if (await rank.KnowsAsync(pubkey, ct)) return;

        var now = clock.GetUtcNow();
        if (_asked.TryGetValue(pubkey, out var last) && now - last < AskAgainAfter) return;
        if (_asked.Count >= AskedMax) _asked.Clear();
        _asked[pubkey] = now;

        var filter = new Filter { Authors = [pubkey], Kinds = [0, 3, 10000, 10002], Limit = 8 };
        foreach (var found in await finder.FindAsync(filter, index.Role, [], Patience, ct))
        {
            if (found.Pubkey == pubkey) await index.AddAsync(found, ct);
        }
    }
}
