using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Index;

/// <summary>
/// Notes worth reading now. For somebody: what the people they follow, and those whom these follow, have lately
/// replied to, reposted, liked and zapped. For everybody: what the most different people did so to. Newer weighs
/// more; zaps weigh by the logarithm of their sats, for a receipt may be forged.
/// </summary>
public sealed class RankNotes(NpgsqlDataSource db, IOptions<IndexOptions> options, TimeProvider clock)
{
    /// <summary>Own notes, muted authors' notes and replies are left out.</summary>
    /// <param name="pubkey">For whom.</param>
    /// <param name="words">Only notes with these words, or empty.</param>
    /// <param name="max">How many at most.</param>
    /// <param name="ct">Stops the query.</param>
    public Task<List<NostrEvent>> ForAsync(string pubkey, string words, int max, CancellationToken ct) =>
        RunAsync(SelectPersonal, pubkey, words, max, ct);

    public Task<List<NostrEvent>> ForAllAsync(string? pubkey, string words, int max, CancellationToken ct) =>
        RunAsync(SelectGlobal, pubkey, words, max, ct);

    /// <summary>
    /// People whom those that this key follows also follow, and it does not: each common friend weighs by the inverse
    /// logarithm of how many they follow (Adamic and Adar).
    /// </summary>
    public async Task<List<string>> PeopleForAsync(string pubkey, int max, CancellationToken ct) =>
        (await db.ManyAsync<byte[]>(SelectPeople, new { me = Convert.FromHexString(pubkey), max }, ct))
            .ConvertAll(Convert.ToHexStringLower);

    /// <summary>The most followed people, for somebody of whom nothing is known.</summary>
    public async Task<List<string>> PeopleForAllAsync(string pubkey, int max, CancellationToken ct) =>
        (await db.ManyAsync<byte[]>(SelectFollowed, new { me = Convert.FromHexString(pubkey), max }, ct))
            .ConvertAll(Convert.ToHexStringLower);

    /// <summary>Whether the index knows whom this key follows.</summary>
    public Task<bool> KnowsAsync(string pubkey, CancellationToken ct) =>
        db.OneAsync<bool>(SelectKnown, new { me = Convert.FromHexString(pubkey) }, ct);

    Task<List<NostrEvent>> RunAsync(string sql, string? pubkey, string words, int max, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return IndexRow.ReadAllAsync(
            db, sql,
            [
                new("me", pubkey is null ? [] : Convert.FromHexString(pubkey)), new("query", Terms.Query(words)),
                new("max", max), new("now", now.ToUnixTimeSeconds()),
                new("since", (now - options.Value.DiscoveryWindow).ToUnixTimeSeconds()),
                new("mutes", $"10000:{pubkey}:"),
            ],
            ct);
    }

    /// <summary>What both rankings show: whole notes of the window, not by oneself, not muted, not expired.</summary>
    const string Shown = """
        n.kind in (1, 30023) and n.target is null and n.created_at between @since and @now and n.pubkey <> @me
           and (n.expires_at is null or n.expires_at > @now)
           and (@query = '' or n.terms @@ @query::tsquery)
           and not exists (select from market.index_event as list
                            where list.address = @mutes and list.refs @> array['p:' || encode(n.pubkey, 'hex')])
        """;

    const string Fresh = "power((@now - n.created_at) / 3600.0 + 2, 1.2)";

    const string SelectGlobal = $"""
        select {IndexRow.Columns}
          from (select * from market.index_engagement
                 where acted_at >= @since order by acted_at desc limit 20000) as done
          join market.index_event as n on n.id = done.target
         where {Shown}
         order by (done.reactions + 2 * done.reposts + 1.5 * done.replies + 2 * done.zaps + ln(1 + done.sat))
                  / {Fresh} desc, n.id
         limit @max
        """;

    const string SelectPersonal = $"""
        with follow as materialized (
            select followed as pubkey from market.index_follow where follower = @me limit 1000
        ), circle as materialized (
            select pubkey, 1.0::float8 as weight from follow
             union all
            (select second.followed, least(0.5, 0.05 * count(*))
               from follow join market.index_follow as second on second.follower = follow.pubkey
              where second.followed <> @me and not exists (select from follow as f where f.pubkey = second.followed)
              group by 1 order by 2 desc, 1 limit 1000)
        ), done as materialized (
            select act.target, sum(circle.weight * case act.kind
                       when 7 then 1 when 6 then 2 when 1 then 1.5 else 2 + ln(1 + act.sat) end) as points
              from circle join market.index_event as act on act.actor = circle.pubkey
             where act.target is not null and act.created_at >= @since and act.content <> '-'
             group by 1
        )
        select {IndexRow.Columns}
          from done join market.index_event as n on n.id = done.target
         where {Shown}
         order by done.points / {Fresh} desc, n.id
         limit @max
        """;

    const string SelectPeople = """
        with follow as materialized (
            select followed as pubkey from market.index_follow where follower = @me limit 1000
        )
        select second.followed
          from follow
          cross join lateral (select 1 / ln(2 + count(*)) as weight
                                from market.index_follow where follower = follow.pubkey) as friend
          join market.index_follow as second on second.follower = follow.pubkey
         where second.followed <> @me
           and not exists (select from follow as f where f.pubkey = second.followed)
           and not exists (select from market.index_event as list
                            where list.address = '10000:' || encode(@me, 'hex') || ':'
                              and list.refs @> array['p:' || encode(second.followed, 'hex')])
         group by 1
         order by sum(friend.weight) desc, 1
         limit @max
        """;

    const string SelectFollowed = """
        select followed from market.index_follow where followed <> @me group by 1 order by count(*) desc, 1 limit @max
        """;

    const string SelectKnown = "select exists (select from market.index_follow where follower = @me)";
}
