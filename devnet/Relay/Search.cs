namespace PoA.Nostr.Devnet.Relay;

/// <summary>
/// Answers one query from the index: walks the shortest lists that cover it from the newest event on, side by side,
/// and checks every other condition on the row.
/// </summary>
static class Search
{
    /// <summary>Author times kind pairs up to which their own lists are looked up, one by one.</summary>
    const int PairsMax = 2_048;

    /// <summary>
    /// Matching rows, newest first, of equals the lowest id first; at most the query's limit. What expired by now is
    /// left out.
    /// </summary>
    public static List<int> Run(EventIndex index, Query query, uint now)
    {
        List<int> found = [];
        if (query.Limit == 0) return found;

        var table = index.Table;
        if (query.Ids is not null)
        {
            foreach (var id in query.Ids)
            {
                if (index.Find(id) is { } row && IsServed(table, row, query, now)) found.Add(row);
            }

            found.Sort((left, right) => table.Compare(right, left));
            if (found.Count > query.Limit) found.RemoveRange(query.Limit, found.Count - query.Limit);
            return found;
        }

        var lists = Cover(index, query);
        if (lists.Count == 1) Walk(table, lists[0], query, now, found);
        else Merge(table, lists, query, now, found);
        return found;
    }

    static void Walk(EventTable table, Postings list, Query query, uint now, List<int> found)
    {
        var cursor = list.Before(table, query.Until);
        while (found.Count < query.Limit && cursor.MoveNext() && table[cursor.Current].CreatedAt >= query.Since)
        {
            if (IsServed(table, cursor.Current, query, now)) found.Add(cursor.Current);
        }
    }

    static void Merge(EventTable table, List<Postings> lists, Query query, uint now, List<int> found)
    {
        var heads = new PriorityQueue<PostingList.Cursor, int>(new NewestFirst(table));
        foreach (var list in lists)
        {
            var cursor = list.Before(table, query.Until);
            if (cursor.MoveNext()) heads.Enqueue(cursor, cursor.Current);
        }

        var last = -1;
        while (found.Count < query.Limit && heads.TryPeek(out var head, out var row))
        {
            if (table[row].CreatedAt < query.Since) return;
            if (row != last && IsServed(table, row, query, now)) found.Add(row);
            last = row;
            if (head.MoveNext()) heads.DequeueEnqueue(head, head.Current);
            else heads.Dequeue();
        }
    }

    static bool IsServed(EventTable table, int row, Query query, uint now)
    {
        ref readonly var found = ref table[row];
        return (found.Expires == 0 || found.Expires > now) && query.Matches(found, table.Keys(row));
    }

    /// <summary>The lists of one condition, whichever has the fewest events in all; every match is in them.</summary>
    static List<Postings> Cover(EventIndex index, Query query)
    {
        List<Postings> best = [index.All];
        var fewest = best[0].Count;
        foreach (var values in query.Tags) Try(values);
        if (query is { Authors: { } authors, Kinds: { } kinds } && (long)authors.Length * kinds.Length <= PairsMax)
        {
            Try([.. authors.SelectMany(author => kinds.Select(kind => KeyHash.AuthorKind(author, kind)))]);
        }
        else if (query.Authors is not null)
        {
            Try(query.Authors);
        }

        if (query.Kinds is not null) Try([.. query.Kinds.Select(KeyHash.Kind)]);
        return best;

        void Try(ulong[] keys)
        {
            List<Postings> lists = [];
            var total = 0L;
            foreach (var key in keys)
            {
                var list = index.Under(key);
                if (list.Count == 0) continue;
                lists.Add(list);
                total += list.Count;
                if (total > fewest) return;
            }

            (best, fewest) = (lists, (int)total);
        }
    }

    sealed class NewestFirst(EventTable table) : IComparer<int>
    {
        public int Compare(int x, int y) => table.Compare(y, x);
    }
}
