namespace PoA.Nostr.Devnet.Relay;

/// <summary>What is kept in memory of an event: where it lies, what orders it, and the keys it is found by.</summary>
/// <param name="At">Where its JSON lies.</param>
/// <param name="Id">The first half of the id: to find two that share it takes 2^64 hashes.</param>
/// <param name="CreatedAt">Unix seconds.</param>
/// <param name="Expires">Unix seconds (NIP-40), or 0 for never.</param>
/// <param name="Keys">Where its keys begin.</param>
/// <param name="KeyCount">How many keys it has.</param>
/// <param name="Kind">0 to 65535.</param>
readonly record struct EventRow(
    Stored At, UInt128 Id, uint CreatedAt, uint Expires, int Keys, ushort KeyCount, ushort Kind);

/// <summary>All rows, by number. The first key of a row is its author, the others are its tags.</summary>
sealed class EventTable
{
    EventRow[] _rows = new EventRow[1_024];
    ulong[] _keys = new ulong[8_192];
    int _keysUsed;

    /// <summary>Rows ever added, and so the number of the next one.</summary>
    public int Count { get; private set; }

    public ref readonly EventRow this[int row] => ref _rows[row];

    public ReadOnlySpan<ulong> Keys(int row) => _keys.AsSpan(_rows[row].Keys, _rows[row].KeyCount);

    /// <summary>Below zero when the left event comes first: it is older, or as old and of the higher id.</summary>
    public int Compare(int left, int right)
    {
        ref readonly var a = ref _rows[left];
        ref readonly var b = ref _rows[right];
        return a.CreatedAt != b.CreatedAt ? a.CreatedAt.CompareTo(b.CreatedAt) : b.Id.CompareTo(a.Id);
    }

    public int Add(IncomingEvent added, Stored at)
    {
        if (Count == _rows.Length) Array.Resize(ref _rows, Count * 2);
        while (_keysUsed + added.Keys.Length > _keys.Length) Array.Resize(ref _keys, _keys.Length * 2);
        added.Keys.CopyTo(_keys.AsSpan(_keysUsed));
        _rows[Count] = added.Row(at, _keysUsed);
        _keysUsed += added.Keys.Length;
        return Count++;
    }
}
