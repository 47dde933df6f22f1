using System.Collections.Concurrent;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Accounts;

/// <summary>Whether a key has an account here, remembered for a minute.</summary>
public sealed class KnownAccounts(NpgsqlDataSource db, TimeProvider clock)
{
    const int KeptMax = 10_000;
    static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<string, (bool Known, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);

    public async ValueTask<bool> IsKnownAsync(string pubkey, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_kept.TryGetValue(pubkey, out var kept) && kept.Until > now) return kept.Known;

        var known = await db.OneAsync<bool>(SelectKnown, new { pubkey }, ct);
        if (_kept.Count >= KeptMax) _kept.Clear();
        _kept[pubkey] = (known, now + KeptFor);
        return known;
    }

    const string SelectKnown = "select exists (select from market.account where pubkey = @pubkey)";
}
