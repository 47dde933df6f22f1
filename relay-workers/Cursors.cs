using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// Up to when everything that a relay keeps under a filter is in the inbox. Only a finished catch-up moves a cursor,
/// and never past our own clock: no event's date does.
/// </summary>
sealed class Cursors(NpgsqlDataSource db)
{
    /// <summary>Unix seconds, or null when nothing was ever read.</summary>
    public Task<long?> FindAsync(string relay, string filter, CancellationToken ct) =>
        db.OneAsync<long?>(Select, new { relay, filter }, ct);

    public Task MoveAsync(string relay, string filter, long through, CancellationToken ct) =>
        db.RunAsync(Upsert, new { relay, filter, through }, ct);

    /// <summary>Where to begin: before the cursor by the overlap, but never further back than the window.</summary>
    internal static long Since(long? cursor, long now, string role, RelayWorkersOptions options)
    {
        var earliest = now - (long)Window(role, options).TotalSeconds;
        return cursor is { } through
            ? Math.Max(earliest, Math.Min(through, now) - (long)options.Overlap.TotalSeconds)
            : earliest;
    }

    /// <summary>How far back relays with this role are read.</summary>
    internal static TimeSpan Window(string role, RelayWorkersOptions options) =>
        role == "index" ? options.IndexWindow : options.Window;

    const string Select = "select through from relay_workers.cursor where relay_url = @relay and filter = @filter";

    const string Upsert = """
        insert into relay_workers.cursor as known (relay_url, filter, through)
        values (@relay, @filter, @through)
        on conflict (relay_url, filter) do update
           set through = greatest(known.through, excluded.through), updated_at = now()
        """;
}
