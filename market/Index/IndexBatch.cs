using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Index;

/// <summary>
/// One transaction of the index: its version, deletions, replacements, insertions, follows, and the counters that
/// hang on them. The row of <c>index_state</c> is its lock, so that batches of all processes follow one another.
/// </summary>
sealed class IndexBatch(NpgsqlTransaction tx)
{
    readonly Dictionary<int, long> _delta = [];
    readonly Dictionary<int, long> _gone = [];
    readonly HashSet<string> _touched = [];

    public async Task WriteAsync(IReadOnlyList<IndexedEvent> batch, long now, CancellationToken ct)
    {
        var version = await BeginAsync(ct);
        var deletions = batch.Where(e => e.Event.Kind == 5).ToList();
        if (deletions.Count > 0) await DeleteAsync(deletions, ct);

        var welcome = await WelcomeAsync(Newest(batch), ct);
        var addressed = welcome.Where(e => e.Address is not null).ToList();
        if (addressed.Count > 0) await RemoveAsync(Supersede, Superseded(addressed), ct);
        if (welcome.Count > 0) await InsertAsync(welcome, version, ct);
        await FinishAsync(version, now, ct);
    }

    /// <summary>Removes rows that a statement chooses, counters and all. Returns how many.</summary>
    public async Task<int> SweepAsync(
        string choose, NpgsqlParameter[] parameters, long now, CancellationToken ct)
    {
        var version = await BeginAsync(ct);
        await RemoveAsync(choose, parameters, ct);
        await FinishAsync(version, now, ct);
        return (int)_gone.Values.Sum();
    }

    Task<long> BeginAsync(CancellationToken ct) => tx.OneAsync<long>(NextVersion, null, ct);

    /// <summary>Of events with one id or one address the newest; in a tie the lowest id (NIP-01).</summary>
    static IEnumerable<IndexedEvent> Newest(IEnumerable<IndexedEvent> batch) =>
        batch.GroupBy(e => e.Address ?? e.Event.Id).Select(same => same
            .OrderByDescending(e => e.Event.CreatedAt).ThenBy(e => e.Event.Id, StringComparer.Ordinal).First());

    async Task DeleteAsync(List<IndexedEvent> deletions, CancellationToken ct)
    {
        List<(string Pubkey, string Ref, long At)> asked = [.. deletions
            .SelectMany(e => e.Event.Tags.Where(tag => tag is ["e" or "a", _, ..]), (e, tag) => (e.Event, tag))
            .Where(d => d.tag[0] == "a" || Hex.Is32(d.tag[1]))
            .Where(d => d.tag[1].Length <= 256 && (d.tag[0] == "e" || d.tag[1].Contains(d.Event.Pubkey)))
            .Select(d => (d.Event.Pubkey, d.tag[1], d.Event.CreatedAt))];
        if (asked.Count == 0) return;

        var merged = asked.GroupBy(d => (d.Pubkey, d.Ref))
            .Select(same => (same.Key.Pubkey, same.Key.Ref, At: same.Max(d => d.At))).ToList();
        var ids = merged.Where(d => Hex.Is32(d.Ref)).ToList();
        var parameters = new NpgsqlParameter[]
        {
            Bytes("pubkeys", merged.Select(d => d.Pubkey)),
            new("refs", merged.Select(d => d.Ref).ToArray()), new("ats", merged.Select(d => d.At).ToArray()),
        };
        await RunAsync(KeepDeletions, parameters, ct);
        await RemoveAsync(
            DeleteById, [Bytes("ids", ids.Select(d => d.Ref)), Bytes("pubkeys", ids.Select(d => d.Pubkey))], ct);
        await RemoveAsync(DeleteByAddress, [.. parameters.Select(p => p.Clone())], ct);
    }

    /// <summary>Those that their author has not deleted.</summary>
    async Task<List<IndexedEvent>> WelcomeAsync(IEnumerable<IndexedEvent> candidates, CancellationToken ct)
    {
        var all = candidates.ToList();
        await using var command = Command(SelectDeleted,
        [
            Bytes("ids", all.Select(e => e.Event.Id)), Bytes("pubkeys", all.Select(e => e.Event.Pubkey)),
            new("addresses", all.Select(e => e.Address ?? "").ToArray()),
            new("created", all.Select(e => e.Event.CreatedAt).ToArray()),
        ]);
        await using var reader = await command.ExecuteReaderAsync(ct);
        HashSet<string> deleted = [];
        while (await reader.ReadAsync(ct)) deleted.Add(Convert.ToHexStringLower((byte[])reader[0]));
        return [.. all.Where(e => e.Event.Kind == 5 || !deleted.Contains(e.Event.Id))];
    }

    static NpgsqlParameter[] Superseded(List<IndexedEvent> addressed) =>
    [
        new("addresses", addressed.Select(e => e.Address!).ToArray()),
        new("created", addressed.Select(e => e.Event.CreatedAt).ToArray()),
        Bytes("ids", addressed.Select(e => e.Event.Id)),
    ];

    async Task InsertAsync(List<IndexedEvent> welcome, long version, CancellationToken ct)
    {
        var events = welcome.ConvertAll(e => e.Event);
        await using var command = Command(Insert,
        [
            new("version", version), Bytes("ids", events.Select(e => e.Id)),
            Bytes("pubkeys", events.Select(e => e.Pubkey)), new("kinds", events.Select(e => e.Kind).ToArray()),
            new("created", events.Select(e => e.CreatedAt).ToArray()),
            new("expires", welcome.Select(e => e.ExpiresAt).ToArray()),
            new("addresses", welcome.Select(e => e.Address).ToArray()),
            Bytes("targets", welcome.Select(e => e.Target)), Bytes("actors", welcome.Select(e => e.Actor)),
            new("sats", welcome.Select(e => e.Sat).ToArray()),
            Json("refs", welcome.Select(e => JsonSerializer.Serialize(e.Refs))),
            Json("tags", events.Select(e => JsonSerializer.Serialize(e.Tags))),
            new("contents", events.Select(e => e.Content).ToArray()),
            Json("terms", welcome.Select(e => e.Terms is null ? null : JsonSerializer.Serialize(e.Terms))),
        ]);
        HashSet<string> added = [];
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct)) added.Add(Convert.ToHexStringLower((byte[])reader[0]));
        }

        foreach (var e in welcome.Where(e => added.Contains(e.Event.Id)))
        {
            Count(_delta, e.Event.Kind, 1);
            if (e.Target is not null) _touched.Add(e.Target);
        }

        await FollowAsync([.. events.Where(e => e.Kind == 3 && added.Contains(e.Id))], ct);
    }

    async Task FollowAsync(List<NostrEvent> lists, CancellationToken ct)
    {
        if (lists.Count == 0) return;

        var pairs = lists
            .SelectMany(list => list.TagsNamed("p").Select(tag => (list.Pubkey, Followed: tag[1])))
            .Where(pair => Hex.Is32(pair.Followed)).Distinct().ToList();
        NpgsqlParameter[] parameters =
        [
            Bytes("lists", lists.Select(list => list.Pubkey)), Bytes("followers", pairs.Select(pair => pair.Pubkey)),
            Bytes("followed", pairs.Select(pair => pair.Followed)),
        ];
        await RunAsync(Unfollow, parameters, ct);
        await RunAsync(Follow, [.. parameters.Skip(1).Select(p => p.Clone())], ct);
    }

    /// <summary>Runs a delete that returns kind, target and pubkey of each row, and takes note of them.</summary>
    async Task RemoveAsync(string sql, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        List<byte[]> lists = [];
        await using (var command = Command(sql, parameters))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                var kind = reader.GetInt32(0);
                Count(_delta, kind, -1);
                Count(_gone, kind, 1);
                if (!reader.IsDBNull(1)) _touched.Add(Convert.ToHexStringLower((byte[])reader[1]));
                if (kind == 3 && sql != Supersede) lists.Add((byte[])reader[2]);
            }
        }

        if (lists.Count > 0) await RunAsync(Forget, [new("lists", lists.ToArray())], ct);
    }

    async Task FinishAsync(long version, long now, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(tx.Connection, tx);
        void Add(string sql, params NpgsqlParameter[] parameters)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.AddRange(parameters);
            batch.BatchCommands.Add(command);
        }

        if (_delta.Count > 0) Add(CountKinds, new("kinds", _delta.Keys.ToArray()), new("ns", _delta.Values.ToArray()));
        if (_gone.Count > 0)
        {
            NpgsqlParameter[] gone = [new("kinds", _gone.Keys.ToArray()), new("ns", _gone.Values.ToArray())];
            Add(CountRemovals, [new("version", version), .. gone]);
        }

        if (_touched.Count > 0) Add(CountEngagement, Bytes("targets", _touched), new("now", now));
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(ct);
    }

    async Task RunAsync(string sql, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync(ct);
    }

    NpgsqlCommand Command(string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, tx.Connection, tx);
        command.Parameters.AddRange(parameters);
        return command;
    }

    static void Count(Dictionary<int, long> counts, int kind, long n) =>
        counts[kind] = counts.GetValueOrDefault(kind) + n;

    static NpgsqlParameter Bytes(string name, IEnumerable<string?> hex) =>
        new(name, NpgsqlDbType.Array | NpgsqlDbType.Bytea)
        {
            Value = hex.Select(text => text is null ? null : Convert.FromHexString(text)).ToArray(),
        };

    static NpgsqlParameter Json(string name, IEnumerable<string?> json) =>
        new(name, NpgsqlDbType.Array | NpgsqlDbType.Jsonb) { Value = json.ToArray() };

    const string NextVersion = "update market.index_state set version = version + 1 returning version";

    const string KeepDeletions = """
        insert into market.index_deletion as known (pubkey, ref, at)
        select * from unnest(@pubkeys, @refs, @ats)
        on conflict (pubkey, ref) do update set at = greatest(known.at, excluded.at)
        """;

    const string DeleteById = """
        delete from market.index_event e
         using unnest(@ids, @pubkeys) as asked (id, pubkey)
         where e.id = asked.id and e.pubkey = asked.pubkey and e.kind <> 5
        returning e.kind, e.target, e.pubkey
        """;

    const string DeleteByAddress = """
        delete from market.index_event e
         using unnest(@pubkeys, @refs, @ats) as asked (pubkey, ref, at)
         where e.address = asked.ref and e.pubkey = asked.pubkey and e.created_at <= asked.at
        returning e.kind, e.target, e.pubkey
        """;

    const string SelectDeleted = """
        select e.id
          from unnest(@ids, @pubkeys, @addresses, @created) as e (id, pubkey, address, created_at)
          join market.index_deletion d on d.pubkey = e.pubkey
           and (d.ref = encode(e.id, 'hex') or (d.ref = e.address and e.created_at <= d.at))
        """;

    const string Supersede = """
        delete from market.index_event e
         using unnest(@addresses, @created, @ids) as newer (address, created_at, id)
         where e.address = newer.address
           and (e.created_at < newer.created_at or (e.created_at = newer.created_at and e.id > newer.id))
        returning e.kind, e.target, e.pubkey
        """;

    const string Insert = """
        insert into market.index_event
               (version, id, pubkey, kind, created_at, expires_at, address, target, actor, sat, content,
                refs, tags, terms)
        select @version, e.id, e.pubkey, e.kind, e.created_at, e.expires_at, e.address, e.target, e.actor, e.sat,
               e.content,
               array(select jsonb_array_elements_text(e.refs)), e.tags,
               case when e.terms is not null
                    then array_to_tsvector(array(select jsonb_array_elements_text(e.terms))) end
          from unnest(@ids, @pubkeys, @kinds, @created, @expires, @addresses, @targets, @actors, @sats, @contents,
                      @refs, @tags, @terms)
               as e (id, pubkey, kind, created_at, expires_at, address, target, actor, sat, content, refs, tags, terms)
        on conflict do nothing
        returning id
        """;

    const string Unfollow = """
        delete from market.index_follow f
         where f.follower = any(@lists)
           and not exists (select from unnest(@followers, @followed) as kept (follower, followed)
                            where kept.follower = f.follower and kept.followed = f.followed)
        """;

    const string Follow = """
        insert into market.index_follow (follower, followed)
        select * from unnest(@followers, @followed)
        on conflict do nothing
        """;

    const string Forget = "delete from market.index_follow where follower = any(@lists)";

    const string CountKinds = """
        insert into market.index_kind as known (kind, n)
        select * from unnest(@kinds, @ns)
        on conflict (kind) do update set n = known.n + excluded.n
        """;

    const string CountRemovals = """
        insert into market.index_removal (version, kind, n)
        select @version, gone.kind, gone.n from unnest(@kinds, @ns) as gone (kind, n)
        """;

    const string CountEngagement = """
        insert into market.index_engagement (target, reactions, reposts, replies, zaps, sat, acted_at)
        select asked.target,
               count(distinct e.actor) filter (where e.kind = 7 and e.content <> '-'),
               count(distinct e.actor) filter (where e.kind = 6),
               count(distinct e.actor) filter (where e.kind = 1),
               count(distinct e.actor) filter (where e.kind = 9735),
               coalesce(sum(e.sat), 0), least(coalesce(max(e.created_at), 0), @now)
          from unnest(@targets) as asked (target)
          left join market.index_event e on e.target = asked.target
         group by asked.target
        on conflict (target) do update
           set reactions = excluded.reactions, reposts = excluded.reposts, replies = excluded.replies,
               zaps = excluded.zaps, sat = excluded.sat, acted_at = excluded.acted_at
        """;
}
