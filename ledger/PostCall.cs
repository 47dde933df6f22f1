namespace PoA.Nostr.Ledger;

/// <summary>A batch as columns, each account's code once: the parameters of <c>ledger.post</c>.</summary>
sealed class PostCall
{
    readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    readonly Dictionary<Guid, int> _lasts = [];

    public int Count => Ids.Count;

    public List<string> Codes { get; } = [];
    public List<int> Sets { get; } = [];
    public List<Guid> Ids { get; } = [];
    public List<int> Priors { get; } = [];
    public List<int> Froms { get; } = [];
    public List<int> Tos { get; } = [];
    public List<long> Amounts { get; } = [];
    public List<string> Kinds { get; } = [];
    public List<string> Causes { get; } = [];

    public void Add(int set, IEnumerable<Transfer> transfers)
    {
        foreach (var transfer in transfers)
        {
            Sets.Add(set);
            Ids.Add(transfer.Id);
            Priors.Add(_lasts.GetValueOrDefault(transfer.Id));
            _lasts[transfer.Id] = Ids.Count;
            Froms.Add(PlaceOf(transfer.From));
            Tos.Add(PlaceOf(transfer.To));
            Amounts.Add(transfer.Amount.Value);
            Kinds.Add(transfer.Kind);
            Causes.Add(transfer.Cause);
        }
    }

    int PlaceOf(string code)
    {
        if (_places.TryGetValue(code, out var place)) return place;

        Codes.Add(code);
        return _places[code] = Codes.Count;
    }
}
