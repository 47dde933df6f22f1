using Npgsql;

namespace PoA.Nostr.Market.Index;

/// <summary>Notes and articles that hold every word of a query, newest first; in a tie the lowest id.</summary>
public sealed class SearchNotes(NpgsqlDataSource db, TimeProvider clock)
{
    /// <param name="text">Words in any language; the beginning of a word is enough.</param>
    /// <param name="authors">Keys in hex, or null for everybody.</param>
    /// <param name="since">Unix seconds, inclusive.</param>
    /// <param name="until">Unix seconds, inclusive.</param>
    /// <param name="max">How many at most.</param>
    /// <param name="ct">Stops the query.</param>
    public Task<List<NostrEvent>> SearchAsync(
        string text, IReadOnlyList<string>? authors, long? since, long? until, int max, CancellationToken ct) =>
        IndexRow.ReadAllAsync(
            db, Select,
            [
                new("query", Terms.Query(text)), IndexRow.Bytes("authors", authors), IndexRow.Whole("since", since),
                IndexRow.Whole("until", until), new("max", max), new("now", clock.GetUtcNow().ToUnixTimeSeconds()),
            ],
            ct);

    const string Select = $"""
        select {IndexRow.Columns}
          from market.index_event
         where terms @@ @query::tsquery and kind in (1, 30023)
           and (@authors is null or pubkey = any(@authors))
           and (@since is null or created_at >= @since) and (@until is null or created_at <= @until)
           and (expires_at is null or expires_at > @now)
         order by created_at desc, id
         limit @max
        """;
}

/// <summary>People whose profile holds every word of a query, the most followed first.</summary>
public sealed class SearchPeople(NpgsqlDataSource db)
{
    /// <summary>Followers beyond this are not told apart, so that one query costs a bounded walk.</summary>
    const int FollowersMax = 10_000;

    public async Task<List<Profile>> SearchAsync(string text, int max, CancellationToken ct)
    {
        var found = await IndexRow.ReadAllAsync(
            db, Select, [new("query", Terms.Query(text)), new("max", max), new("most", FollowersMax)], ct);
        return found.ConvertAll(e => Profile.Parse(e.Pubkey, e.Content));
    }

    const string Select = $"""
        select {IndexRow.Columns}
          from (select * from market.index_event
                 where terms @@ @query::tsquery and kind = 0 limit 2000) as found
         order by (select count(*) from (select from market.index_follow
                                          where followed = found.pubkey limit @most) as follower) desc, pubkey
         limit @max
        """;
}
