namespace PoA.Nostr.Devnet.Relay;

/// <summary>
/// The events of one key in the order of NIP-01 reversed (oldest first, of equals the highest id first), so that new
/// events go to the end. Chunks of up to 1,024 keep an insertion in the middle cheap.
/// </summary>
sealed class PostingList
{
    const int ChunkMax = 1_024;
    Chunk[] _chunks = [new(4)];
    int _used = 1;

    public int Count { get; private set; }

    public void Insert(EventTable table, int added)
    {
        var at = ChunkOf(table, added);
        var chunk = _chunks[at];
        if (chunk.Count == ChunkMax)
        {
            Split(at);
            if (table.Compare(added, _chunks[at + 1].Items[0]) >= 0) at++;
            chunk = _chunks[at];
        }

        chunk.Insert(chunk.Position(table, added), added);
        Count++;
    }

    public void Remove(EventTable table, int removed)
    {
        var at = ChunkOf(table, removed);
        var chunk = _chunks[at];
        var position = chunk.Position(table, removed);
        if (position >= chunk.Count || chunk.Items[position] != removed) return;

        chunk.RemoveAt(position);
        Count--;
        if (chunk.Count > 0 || _used == 1) return;
        Array.Copy(_chunks, at + 1, _chunks, at, _used - at - 1);
        _used--;
    }

    /// <summary>Stands after the last event that is not newer than the time.</summary>
    public Cursor Before(EventTable table, uint until)
    {
        int low = 0, high = _used - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_chunks[middle].Count > 0 && table[_chunks[middle].Items[0]].CreatedAt <= until) low = middle;
            else high = middle - 1;
        }

        var chunk = _chunks[low];
        int first = 0, last = chunk.Count;
        while (first < last)
        {
            var middle = (first + last) / 2;
            if (table[chunk.Items[middle]].CreatedAt <= until) first = middle + 1;
            else last = middle;
        }

        return new(this, low, first);
    }

    /// <summary>The last chunk whose first event is not after this one.</summary>
    int ChunkOf(EventTable table, int wanted)
    {
        int low = 0, high = _used - 1;
        if (_chunks[high].Count > 0 && table.Compare(_chunks[high].Items[0], wanted) <= 0) return high;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (table.Compare(_chunks[middle].Items[0], wanted) <= 0) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    /// <summary>A list that grows at its end leaves full chunks behind; any other split is in the middle.</summary>
    void Split(int at)
    {
        var full = _chunks[at];
        var keep = at == _used - 1 ? ChunkMax - 1 : ChunkMax / 2;
        var right = new Chunk(ChunkMax);
        for (var i = keep; i < ChunkMax; i++) right.Insert(i - keep, full.Items[i]);
        full.Count = keep;

        if (_used == _chunks.Length) Array.Resize(ref _chunks, _used * 2);
        Array.Copy(_chunks, at + 1, _chunks, at + 2, _used - at - 1);
        _chunks[at + 1] = right;
        _used++;
    }

    /// <summary>Walks from newer to older events. The default one has nowhere to go.</summary>
    public struct Cursor
    {
        readonly PostingList? _list;
        int _chunk;
        int _position;

        internal Cursor(PostingList? list, int chunk, int position)
        {
            _list = list;
            _chunk = chunk;
            _position = position;
        }

        public int Current { get; private set; }

        /// <summary>Stands before a single event.</summary>
        public static Cursor Of(int row) => new(null, 0, 1) { Current = row };

        public bool MoveNext()
        {
            while (--_position < 0)
            {
                if (_list is null || --_chunk < 0) return false;
                _position = _list._chunks[_chunk].Count;
            }

            if (_list is not null) Current = _list._chunks[_chunk].Items[_position];
            return true;
        }
    }

    sealed class Chunk(int capacity)
    {
        public int[] Items { get; private set; } = new int[capacity];

        public int Count { get; set; }

        /// <summary>Where the event is, or where it would be.</summary>
        public int Position(EventTable table, int wanted)
        {
            if (Count == 0 || table.Compare(Items[Count - 1], wanted) < 0) return Count;
            int low = 0, high = Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (table.Compare(Items[middle], wanted) < 0) low = middle + 1;
                else high = middle;
            }

            return low;
        }

        public void Insert(int position, int added)
        {
            if (Count == Items.Length)
            {
                var grown = Items;
                Array.Resize(ref grown, Math.Min(ChunkMax, Count * 2));
                Items = grown;
            }

            Array.Copy(Items, position, Items, position + 1, Count - position);
            Items[position] = added;
            Count++;
        }

        public void RemoveAt(int position)
        {
            Array.Copy(Items, position + 1, Items, position, Count - position - 1);
            Count--;
        }
    }
}
