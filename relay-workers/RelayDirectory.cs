using Microsoft.Extensions.Options;
using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>relays.json: the relays of ours and what each is for. Edited while the service runs.</summary>
public sealed class RelaysOptions
{
    public List<RelayEntry> Relays { get; set; } = [];
}

/// <summary>One line of it.</summary>
public sealed class RelayEntry
{
    public string Url { get; set; } = "";

    /// <summary>"jobs", "announce", "anchors", "index", "outbox", "zapstore".</summary>
    public List<string> Roles { get; set; } = [];
}

/// <summary>Which relays carry what. An empty list means the devnet's relay in every role.</summary>
public sealed class RelayDirectory(IOptionsMonitor<RelaysOptions> relays, IOptions<RelayWorkersOptions> options)
    : IOwnRelays
{
    sealed record Snapshot(RelaysOptions Source, IReadOnlyList<string> All, Dictionary<string, List<string>> ByRole);

    volatile Snapshot? _snapshot;

    /// <summary>Normalised URLs, each once.</summary>
    public IReadOnlyList<string> All => Current.All;

    /// <summary>Those with the role.</summary>
    public IReadOnlyList<string> For(string role)
    {
        var current = Current;
        return current.Source.Relays.Count == 0 ? current.All : current.ByRole.GetValueOrDefault(role, []);
    }

    /// <summary>Made again when the file was read again, since every event that leaves asks.</summary>
    Snapshot Current
    {
        get
        {
            var source = relays.CurrentValue;
            if (_snapshot is { } known && known.Source == source) return known;
            return _snapshot = Read(source);
        }
    }

    Snapshot Read(RelaysOptions source)
    {
        var devnet = options.Value.DevnetRelay is { Length: > 0 } url ? RelayUrl.TryNormalise(url) : null;
        var listed = source.Relays.Select(relay => (Url: RelayUrl.TryNormalise(relay.Url)!, relay.Roles))
            .Where(relay => relay.Url is not null).ToList();
        IReadOnlyList<string> all = source.Relays.Count > 0 ? [.. listed.Select(relay => relay.Url).Distinct()]
            : devnet is null ? [] : [devnet];
        var byRole = listed.SelectMany(relay => relay.Roles, (relay, role) => (relay.Url, role))
            .GroupBy(relay => relay.role, relay => relay.Url, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Distinct().ToList(), StringComparer.Ordinal);
        return new(source, all, byRole);
    }
}
