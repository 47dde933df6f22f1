using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// Keeps the agents' announcements standing at the relays: what features say of them, each key's relay list (10002)
/// and its heartbeat (11998). One process does it at a time. An address' created_at only ever grows, over restarts
/// and within a second, or an older version would win.
/// </summary>
sealed partial class Announcer(
    NpgsqlDataSource db, DirectDatabase direct, IEnumerable<IAnnouncementSource> sources, AnnouncerParts parts,
    IOptions<RelayWorkersOptions> options, ILogger<Announcer> log) : BackgroundService
{
    const string Role = "announce";
    const int RelayList = 10_002;
    const int Heartbeat = 11_998;

    readonly RelayWorkersOptions _options = options.Value;
    readonly Dictionary<(string, int, string), Standing> _standing = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Singleton.RunAsync(direct, "announcer", AnnounceAsync, stoppingToken);

    async Task AnnounceAsync(CancellationToken ct)
    {
        _standing.Clear();
        while (true)
        {
            try
            {
                await LookAsync(ct);
            }
            catch (Exception e) when (e is not OperationCanceledException and not NpgsqlException)
            {
                // A source that fails now is asked again soon; the service goes on.
                LogFailed(e);
            }

            await Task.Delay(_options.AnnounceCheckEvery, parts.Clock, ct);
        }
    }

    /// <summary>Publishes what is new, what changed, and what was last said too long ago.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        List<Announcement> wanted = [];
        foreach (var source in sources) wanted.AddRange(await source.AnnouncementsAsync(ct));
        var now = parts.Clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (var signer in wanted.Select(one => one.Signer).DistinctBy(one => one.Pubkey).ToList())
        {
            wanted.Add(RelayListOf(signer));
            wanted.Add(new(signer, Heartbeat, [], ""));
        }

        foreach (var one in wanted.Where(one => parts.Directory.For(one.Role).Count > 0))
        {
            var address = (one.Signer.Pubkey, one.Kind, D(one.Tags));
            if (!_standing.TryGetValue(address, out var standing))
            {
                _standing[address] = standing = await FindAsync(address, ct) ?? new(0, "");
            }

            var digest = Digest(one);
            if (!IsDue(one.Kind, standing, digest, now)) continue;
            _standing[address] = await PublishAsync(one, standing, digest, ct);
        }
    }

    bool IsDue(int kind, Standing standing, string digest, long now)
    {
        var every = kind == Heartbeat ? _options.HeartbeatLife / 3 : _options.AnnounceEvery;
        return standing.Digest != digest || now - standing.CreatedAt >= every.TotalSeconds;
    }

    async Task<Standing> PublishAsync(Announcement one, Standing before, string digest, CancellationToken ct)
    {
        var now = parts.Clock.GetUtcNow().ToUnixTimeSeconds();
        var createdAt = Math.Max(now, before.CreatedAt + 1);
        var until = Text(now + (long)_options.HeartbeatLife.TotalSeconds);
        var tags = one.Kind == Heartbeat ? [["expiration", until]] : one.Tags;
        var published = await one.Signer.SignAsync(new(one.Kind, createdAt, tags, one.Content), ct);
        var row = new
        {
            published.Pubkey,
            published.Kind,
            d = D(one.Tags),
            createdAt,
            digest,
            published.Id,
        };
        await db.InTransactionAsync(
            async tx =>
            {
                await tx.RunAsync(Upsert, row, ct);
                await parts.Outbox.AddAsync(tx, [new(published, [], one.Role)], ct);
            },
            ct);
        LogAnnounced(published.Kind, published.Id, published.Pubkey);
        return new(createdAt, digest);
    }

    /// <summary>
    /// What stands under the address: by our own table, and where that knows nothing (a new database, an old key) by
    /// the relays, since what they keep would win over anything older.
    /// </summary>
    async Task<Standing?> FindAsync((string Pubkey, int Kind, string D) address, CancellationToken ct)
    {
        var known = await db.OneAsync<Standing>(Select, new { address.Pubkey, address.Kind, address.D }, ct);
        if (known is not null) return known;

        var filter = new Filter { Authors = [address.Pubkey], Kinds = [address.Kind] };
        var found = await parts.Finder.FindAsync(filter, Role, [], TimeSpan.FromSeconds(3), ct);
        var newest = found.Where(one => D(one.Tags) == address.D).Select(one => one.CreatedAt).DefaultIfEmpty(0).Max();
        return new(newest, "");
    }

    /// <summary>NIP-65: unmarked, so that clients both write to these relays and read from them.</summary>
    Announcement RelayListOf(ISigner signer) => new(
        signer, RelayList,
        [.. parts.Directory.For("jobs").Union(parts.Directory.For(Role)).Select(relay => new[] { "r", relay })], "");

    static string D(string[][] tags) => tags.FirstOrDefault(tag => tag is ["d", _, ..])?[1] ?? "";

    /// <summary>Of what is said and of where: a relay that joins is told everything at once, not next week.</summary>
    string Digest(Announcement one)
    {
        Span<byte> digest = stackalloc byte[32];
        string[][] said = [.. one.Tags, ["relays", .. parts.Directory.For(Role).Order(StringComparer.Ordinal)]];
        CanonicalForm.Id(one.Signer.Pubkey, 0, one.Kind, said, one.Content, digest);
        return Convert.ToHexStringLower(digest);
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <param name="CreatedAt">Of the last version, in Unix seconds.</param>
    /// <param name="Digest">Of what it said and where; empty when that is not known.</param>
    sealed record Standing(long CreatedAt, string Digest);

    const string Select = """
        select created_at as CreatedAt, digest as Digest
          from relay_workers.announcement
         where pubkey = @Pubkey and kind = @Kind and d = @D
        """;

    const string Upsert = """
        insert into relay_workers.announcement (pubkey, kind, d, created_at, digest, event_id)
        values (@Pubkey, @Kind, @d, @createdAt, @digest, @Id)
        on conflict (pubkey, kind, d) do update
           set created_at = excluded.created_at, digest = excluded.digest, event_id = excluded.event_id
        """;

    [LoggerMessage(LogLevel.Debug, "Announced kind {Kind} as {EventId} for {Pubkey}")]
    partial void LogAnnounced(int kind, string eventId, string pubkey);

    [LoggerMessage(LogLevel.Error, "Announcing failed, again soon")]
    partial void LogFailed(Exception e);
}

/// <summary>What the announcer works with.</summary>
sealed record AnnouncerParts(IOutbox Outbox, IEventFinder Finder, RelayDirectory Directory, TimeProvider Clock);
