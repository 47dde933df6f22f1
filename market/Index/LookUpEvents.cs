using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Index;

/// <summary>What the index holds under an id or a key.</summary>
public sealed class LookUpEvents(NpgsqlDataSource db)
{
    /// <summary>Those of the ids that are there, in no order. Their signatures are not kept.</summary>
    public Task<List<NostrEvent>> ByIdAsync(IReadOnlyList<string> ids, CancellationToken ct) =>
        IndexRow.ReadAllAsync(db, SelectById, [IndexRow.Bytes("ids", ids)], ct);

    /// <summary>Those at the addresses ("kind:pubkey:d").</summary>
    public Task<List<NostrEvent>> ByAddressAsync(IReadOnlyList<string> addresses, CancellationToken ct) =>
        IndexRow.ReadAllAsync(db, SelectByAddress, [new("addresses", addresses.ToArray())], ct);

    /// <summary>The newest replaceable event of this kind by this key, or null.</summary>
    public async Task<NostrEvent?> ReplaceableAsync(int kind, string pubkey, CancellationToken ct) =>
        (await ByAddressAsync([$"{kind}:{pubkey}:"], ct)).FirstOrDefault();

    public async Task<Profile?> ProfileAsync(string pubkey, CancellationToken ct) =>
        await ReplaceableAsync(0, pubkey, ct) is { } e ? Profile.Parse(pubkey, e.Content) : null;

    /// <summary>The relays where a key reads, by its own list (NIP-65): strangers' URLs.</summary>
    public async Task<IReadOnlyList<string>> ReadRelaysAsync(string pubkey, int max, CancellationToken ct) =>
        await ReplaceableAsync(10002, pubkey, ct) is { } list
            ? [.. list.TagsNamed("r").Where(IsRead).Select(tag => tag[1]).Distinct().Take(max)]
            : [];

    static bool IsRead(string[] tag) => tag is [_, _] or [_, _, "" or "read", ..];

    /// <summary>How many rows of the kind have left the index since that version.</summary>
    public Task<long> RemovedSinceAsync(long version, IReadOnlyList<int> kinds, CancellationToken ct) =>
        db.OneAsync<long>(SelectRemoved, new { version, kinds = kinds.ToArray() }, ct);

    /// <summary>How many of the keys stand in some follow list.</summary>
    public Task<long> FollowedAsync(IReadOnlyList<string> pubkeys, CancellationToken ct) =>
        db.OneAsync<long>(CountFollowed, new { refs = pubkeys.Select(key => $"p:{key}").ToArray() }, ct);

    /// <summary>Who has deleted which event, the newest deletions first (NIP-09).</summary>
    public Task<List<(string Pubkey, string Id)>> DeletedSinceAsync(
        DateTimeOffset since, int max, CancellationToken ct) =>
        db.ManyAsync<(string, string)>(SelectDeletedSince, new { since = since.ToUnixTimeSeconds(), max }, ct);

    public Task<long> VersionAsync(CancellationToken ct) => db.OneAsync<long>(SelectVersion, null, ct);

    const string SelectById = $"select {IndexRow.Columns} from market.index_event where id = any(@ids)";

    const string SelectByAddress = $"select {IndexRow.Columns} from market.index_event where address = any(@addresses)";

    const string SelectRemoved = """
        select coalesce(sum(n), 0)::bigint from market.index_removal where version > @version and kind = any(@kinds)
        """;

    const string SelectDeletedSince = """
        select encode(pubkey, 'hex'), ref from market.index_deletion
         where at >= @since and ref !~ ':' order by at desc limit @max
        """;

    const string CountFollowed = """
        select count(*) from unnest(@refs) as asked (ref)
         where exists (select from market.index_event where kind = 3 and refs @> array[asked.ref])
        """;

    const string SelectVersion = "select version from market.index_state";
}
