using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Index;

/// <summary>How many events match a filter set: exactly, as of one version of the index.</summary>
public sealed class CountEvents(NpgsqlDataSource db, TimeProvider clock)
{
    /// <summary>Groups named in an answer; the smallest are left out.</summary>
    public const int GroupsMax = 1_000;

    const int GroupKeyMax = 256;
    const long WalkMax = 5_000;

    /// <summary>Null when the filters are bounded, and of kinds that are kept here.</summary>
    public static Problem? Refuse(IReadOnlyList<Filter> filters) => FilterSql.Refuse(filters);

    long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Events that match any of the filters, each once. A filter's limit plays no part (NIP-45).</summary>
    public async Task<EventCount> CountAsync(IReadOnlyList<Filter> filters, CancellationToken ct)
    {
        var now = Now;
        List<NpgsqlParameter> parameters = [new("now", now)];
        if (ByKindAlone(filters, out var kinds))
        {
            parameters.Add(new("kinds", NpgsqlDbType.Array | NpgsqlDbType.Integer) { Value = kinds });
            return await ReadAsync(CountKinds, parameters, now, ct);
        }

        var sql = CountMatches.Replace("{where}", FilterSql.Where(filters, parameters));
        return await ReadAsync(sql, parameters, now, ct);
    }

    /// <summary>
    /// The same, apart by content, pubkey, reply, root or the first value of any other tag. Several groups nest: each
    /// entry's key has one part a group.
    /// </summary>
    public async Task<GroupedCount> CountAsync(
        IReadOnlyList<Filter> filters, IReadOnlyList<string> groups, CancellationToken ct)
    {
        var now = Now;
        List<NpgsqlParameter> parameters = [new("now", now), new("max", GroupsMax + 1), new("key", GroupKeyMax)];
        var where = FilterSql.Where(filters, parameters);
        var keys = groups.Select((group, i) => Key(group, i, parameters)).ToList();
        var sql = CountGroups.Replace("{where}", where).Replace("{keys}", string.Join(", ", keys));

        await using var connection = await db.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters.ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<(string[], long)> entries = [];
        var version = 0L;
        while (await reader.ReadAsync(ct))
        {
            version = reader.GetInt64(0);
            if (!reader.IsDBNull(1)) entries.Add(((string[])reader[1], reader.GetInt64(2)));
        }

        return new([.. entries.Take(GroupsMax)], entries.Count > GroupsMax, version, now);
    }

    /// <summary>
    /// Recounts an older answer over the rows themselves, never over the counters: what matches now and was there
    /// then, and how many rows of those kinds have left since. The old number must lie between the first and the
    /// last. A small candidate set is walked and matched here, a large one is left to the database.
    /// </summary>
    public async Task<(long Least, long Most)> RecountAsync(
        IReadOnlyList<Filter> filters, long version, long countedAt, CancellationToken ct)
    {
        var kinds = filters.Any(f => f.Kinds is null)
            ? [.. IndexEvents.Kinds]
            : filters.SelectMany(f => f.Kinds!).Distinct().ToArray();
        var (removed, rows) = await db.OneAsync<(long, long)>(SelectBounds, new { version, kinds }, ct);
        List<NpgsqlParameter> parameters =
        [
            new("version", version), new("now", countedAt),
            new("kinds", NpgsqlDbType.Array | NpgsqlDbType.Integer) { Value = kinds },
        ];
        if (rows <= WalkMax)
        {
            var walked = await IndexRow.ReadAllAsync(db, SelectThen, parameters, ct);
            var matching = walked.LongCount(e => filters.Any(filter => filter.Matches(e)));
            return (matching, matching + removed);
        }

        var sql = CountThen.Replace("{where}", FilterSql.Where(filters, parameters));
        var counted = await ReadAsync(sql, parameters, countedAt, ct);
        return (counted.Count, counted.Count + removed);
    }

    static bool ByKindAlone(IReadOnlyList<Filter> filters, out int[] kinds)
    {
        var all = filters.Any(f => f.Kinds is null);
        kinds = all ? [.. IndexEvents.Kinds] : [.. filters.SelectMany(f => f.Kinds!).Distinct()];
        return filters.All(
            f => f is { Ids: null, Authors: null, Since: null, Until: null } && f.Tags is not { Count: > 0 });
    }

    async Task<EventCount> ReadAsync(
        string sql, List<NpgsqlParameter> parameters, long at, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters.ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new(reader.GetInt64(1), reader.GetInt64(0), at);
    }

    static string Key(string group, int i, List<NpgsqlParameter> parameters)
    {
        if (group == "content") return "left(content, @key)";
        if (group == "pubkey") return "encode(pubkey, 'hex')";
        if (group is "reply" or "root") return Marked.Replace("{marker}", group);

        var name = string.Create(CultureInfo.InvariantCulture, $"tag{i}");
        parameters.Add(new(name, group));
        return FirstTag.Replace("{name}", name);
    }

    const string CountKinds = """
        select (select version from market.index_state),
               coalesce((select sum(n) from market.index_kind where kind = any(@kinds)), 0)::bigint
               - (select count(*) from market.index_event where expires_at <= @now and kind = any(@kinds))
        """;

    const string CountMatches = """
        select (select version from market.index_state), count(*)
          from market.index_event
         where ({where}) and (expires_at is null or expires_at > @now)
        """;

    const string CountGroups = """
        select (select version from market.index_state), counted.keys, counted.n
          from (select 1) as always
          left join (
                select array[{keys}] as keys, count(*) as n
                  from market.index_event
                 where ({where}) and (expires_at is null or expires_at > @now)
                 group by 1 order by 2 desc, 1 limit @max) as counted on true
        """;

    const string Marked = """
        coalesce((select left(tag ->> 1, @key) from jsonb_array_elements(tags) as tag
                   where tag ->> 0 = 'e' and tag ->> 3 = '{marker}' limit 1), '')
        """;

    const string FirstTag = """
        coalesce((select left(tag ->> 1, @key) from jsonb_array_elements(tags) as tag
                   where tag ->> 0 = @{name} limit 1), '')
        """;

    const string SelectBounds = """
        select coalesce((select sum(n) from market.index_removal
                          where version > @version and kind = any(@kinds)), 0)::bigint,
               coalesce((select sum(n) from market.index_kind where kind = any(@kinds)), 0)::bigint
        """;

    const string Then = "version <= @version and kind = any(@kinds) and (expires_at is null or expires_at > @now)";

    const string SelectThen = $"select {IndexRow.Columns} from market.index_event where {Then}";

    const string CountThen = $"select 0::bigint, count(*) from market.index_event where {Then} and ({{where}})";
}

/// <param name="Count">Distinct events.</param>
/// <param name="Version">Of the index, when it was counted.</param>
/// <param name="At">Unix seconds: what had expired by then is left out.</param>
public sealed record EventCount(long Count, long Version, long At);

/// <param name="Entries">Largest first; the keys have one part a group, empty where an event has none.</param>
/// <param name="Cut">Whether smaller groups were left out.</param>
/// <param name="Version">Of the index, when it was counted.</param>
/// <param name="At">Unix seconds: what had expired by then is left out.</param>
public sealed record GroupedCount(
    IReadOnlyList<(string[] Keys, long Count)> Entries, bool Cut, long Version, long At);
