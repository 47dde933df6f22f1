namespace PoA.Nostr.Devnet.Relay;

/// <summary>The events under one key. Most keys have one event, so that one needs no list.</summary>
struct Postings
{
    int _onePlusOne;
    PostingList? _many;

    public Postings(PostingList many) => _many = many;

    public readonly int Count => _many?.Count ?? (_onePlusOne == 0 ? 0 : 1);

    public void Insert(EventTable table, int row)
    {
        if (_many is null && _onePlusOne == 0)
        {
            _onePlusOne = row + 1;
            return;
        }

        if (_many is null)
        {
            _many = new();
            _many.Insert(table, _onePlusOne - 1);
        }

        _many.Insert(table, row);
    }

    public void Remove(EventTable table, int row)
    {
        if (_many is not null) _many.Remove(table, row);
        else if (_onePlusOne == row + 1) _onePlusOne = 0;
    }

    /// <summary>Stands before the newest event that is not newer than the time.</summary>
    public readonly PostingList.Cursor Before(EventTable table, uint until) =>
        _many is not null ? _many.Before(table, until) :
        _onePlusOne != 0 && table[_onePlusOne - 1].CreatedAt <= until ? PostingList.Cursor.Of(_onePlusOne - 1) :
        default;
}
