using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// When this service could hear, as rows with a beginning and an end that moves while it lasts. Any number of
/// processes write; whoever asks gets the time in which none of them heard.
/// </summary>
sealed partial class ListeningRecord(NpgsqlDataSource db, TimeProvider clock, ILogger<ListeningRecord> log)
    : IListeningRecord
{
    /// <summary>Shorter silences are only the distance between two entries.</summary>
    internal static readonly TimeSpan GapMin = TimeSpan.FromSeconds(10);

    readonly Dictionary<string, (long Row, DateTimeOffset LastAt)> _open = new(StringComparer.Ordinal);

    /// <summary>These roles are heard now.</summary>
    public async Task TouchAsync(IReadOnlyList<string> roles, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        try
        {
            foreach (var role in roles)
            {
                var goesOn = _open.TryGetValue(role, out var open) && now - open.LastAt < GapMin;
                if (goesOn) await db.RunAsync(Extend, new { id = open.Row, now }, ct);
                var row = goesOn ? open.Row : await db.OneAsync<long>(Begin, new { role, now }, ct);
                _open[role] = (row, now);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogDatabase(e.Message);
        }
    }

    public async Task<IReadOnlyList<BlindWindow>> BlindAsync(
        string role, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        Complement(await db.ManyAsync<Heard>(Select, new { role, from, to, gap = GapMin }, ct), from, to);

    /// <summary>What the windows, ordered by their beginning, leave of the time between two instants.</summary>
    internal static IReadOnlyList<BlindWindow> Complement(
        IEnumerable<Heard> heard, DateTimeOffset from, DateTimeOffset to)
    {
        List<BlindWindow> blind = [];
        var deafSince = from;
        foreach (var window in heard)
        {
            if (window.OpenedAt - deafSince >= GapMin) blind.Add(new(deafSince, window.OpenedAt));
            if (window.LastAt > deafSince) deafSince = window.LastAt;
        }

        if (to - deafSince >= GapMin) blind.Add(new(deafSince, to));
        return blind;
    }

    internal sealed record Heard(DateTime OpenedAt, DateTime LastAt);

    const string Extend = "update relay_workers.listening set last_at = @now where id = @id";

    const string Begin = """
        insert into relay_workers.listening (role, opened_at, last_at) values (@role, @now, @now) returning id
        """;

    const string Select = """
        select opened_at as OpenedAt, last_at as LastAt
          from relay_workers.listening
         where role = @role and last_at >= @from - @gap and opened_at <= @to
         order by opened_at
        """;

    [LoggerMessage(LogLevel.Error, "That we listen cannot be written down: {Reason}")]
    partial void LogDatabase(string reason);
}
