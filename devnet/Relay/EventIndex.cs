using System.Runtime.InteropServices;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>What became of an event that was submitted.</summary>
enum Verdict
{
    Stored,
    Duplicate,
    /// <summary>The author deleted it, or what stands at its address up to a later time (NIP-09).</summary>
    Deleted,
    /// <summary>A newer event, or one as old with a lower id, stands at its address.</summary>
    Replaced,
    /// <summary>The log has no room.</summary>
    Full,
}

/// <summary>Every stored event by id and by key, in memory. Not for several threads at once.</summary>
sealed class EventIndex
{
    readonly Dictionary<UInt128, int> _byId = [];
    readonly Dictionary<ulong, Postings> _byKey = [];
    readonly PostingList _all = new();

    public EventTable Table { get; } = new();

    public int Count => _byId.Count;

    /// <summary>Bytes of the events that are still served.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>What would become of the event, were it added now.</summary>
    public Verdict Judge(IncomingEvent e) =>
        _byId.ContainsKey(e.Id) ? Verdict.Duplicate :
        IsDeleted(e) ? Verdict.Deleted :
        e.Address != 0 && Newest(e.Address) is { } row && Precedes(e, Table[row]) ? Verdict.Replaced :
        Verdict.Stored;

    /// <summary>Adds the event if it is welcome, and takes out what it replaces or deletes.</summary>
    public Verdict Add(IncomingEvent e, Stored at)
    {
        var verdict = Judge(e);
        if (verdict != Verdict.Stored) return verdict;

        if (e.Address != 0 && Newest(e.Address) is { } replaced) Remove(replaced);
        if (e.Kind == IncomingEvent.Deletion) Delete(e);

        var row = Table.Add(e, at);
        _byId.Add(e.Id, row);
        _all.Insert(Table, row);
        Slot(KeyHash.Kind(e.Kind)).Insert(Table, row);
        Slot(KeyHash.AuthorKind(e.Author, e.Kind)).Insert(Table, row);
        foreach (var key in e.Keys) Slot(key).Insert(Table, row);
        LiveBytes += at.Length;
        return Verdict.Stored;
    }

    public int? Find(UInt128 id) => _byId.TryGetValue(id, out var row) ? row : null;

    /// <summary>The events under a key; none when nobody used it.</summary>
    public Postings Under(ulong key) => _byKey.GetValueOrDefault(key);

    public Postings All => new(_all);

    /// <summary>Rows in the order in which they were written.</summary>
    public IEnumerable<int> Rows => _byId.Values.Order();

    ref Postings Slot(ulong key) => ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey, key, out _);

    int? Newest(ulong key)
    {
        var cursor = Under(key).Before(Table, uint.MaxValue);
        return cursor.MoveNext() ? cursor.Current : null;
    }

    static bool Precedes(IncomingEvent e, in EventRow standing) =>
        e.CreatedAt < standing.CreatedAt || (e.CreatedAt == standing.CreatedAt && e.Id > standing.Id);

    bool IsDeleted(IncomingEvent e)
    {
        if (e.Kind == IncomingEvent.Deletion) return false;
        if (_byKey.ContainsKey(DeletionTargets.OfEvent(e.Author, e.Id))) return true;
        if (e.Kind == IncomingEvent.GiftWrap && e.Event.Tag("p") is { } receiver)
        {
            return _byKey.ContainsKey(DeletionTargets.OfEvent(KeyHash.Author(receiver), e.Id));
        }

        return e.Address != 0
            && Newest(DeletionTargets.OfAddress(e.Author, e.Address)) is { } deletion
            && Table[deletion].CreatedAt >= e.CreatedAt;
    }

    void Delete(IncomingEvent deletion)
    {
        foreach (var target in DeletionTargets.Of(deletion.Event, deletion.Author))
        {
            var row = target.Id is { } id ? Find(id) : Newest(target.Address);
            if (row is not { } found || Table[found].Kind == IncomingEvent.Deletion) continue;
            var mine = target.Id is null
                ? Table[found].CreatedAt <= deletion.CreatedAt
                : Table.Keys(found)[0] == deletion.Author || IsReceivedBy(found, deletion.Event.Pubkey);
            if (mine) Remove(found);
        }
    }

    bool IsReceivedBy(int row, string pubkey) =>
        Table[row].Kind == IncomingEvent.GiftWrap && Table.Keys(row).Contains(KeyHash.Tag('p', pubkey));

    void Remove(int row)
    {
        ref readonly var gone = ref Table[row];
        _byId.Remove(gone.Id);
        _all.Remove(Table, row);
        Take(KeyHash.Kind(gone.Kind), row);
        Take(KeyHash.AuthorKind(Table.Keys(row)[0], gone.Kind), row);
        foreach (var key in Table.Keys(row)) Take(key, row);
        LiveBytes -= gone.At.Length;
    }

    void Take(ulong key, int row)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(_byKey, key);
        slot.Remove(Table, row);
        if (slot.Count == 0) _byKey.Remove(key);
    }
}
