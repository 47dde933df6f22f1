namespace PoA.Nostr.Devnet.Relay;

/// <summary>One REQ that is open: its queries, and where its events go.</summary>
sealed class Subscription(Outbound outbound, byte[] head, Query[] queries)
{
    /// <summary>What stands before the event in each frame: <c>["EVENT","…",</c>.</summary>
    public byte[] Head { get; } = head;

    public Outbound Outbound { get; } = outbound;

    public Query[] Queries { get; } = queries;

    /// <summary>The last event that was looked at for this subscription, so that it is sent once.</summary>
    public long LastSeen { get; set; }
}

/// <summary>
/// The open subscriptions by one key each of their filters, so that an event meets only those that may want it. Not
/// for several threads at once.
/// </summary>
sealed class LiveSubscriptions
{
    const ulong Everything = 0;
    readonly Dictionary<ulong, List<Subscription>> _byKey = [];
    long _seen;

    public void Add(Subscription subscription)
    {
        foreach (var key in KeysOf(subscription))
        {
            if (!_byKey.TryGetValue(key, out var list)) _byKey.Add(key, list = []);
            list.Add(subscription);
        }
    }

    public void Remove(Subscription subscription)
    {
        foreach (var key in KeysOf(subscription))
        {
            if (!_byKey.TryGetValue(key, out var list)) continue;
            list.Remove(subscription);
            if (list.Count == 0) _byKey.Remove(key);
        }
    }

    /// <summary>Hands the event to everybody who asked for it, once each.</summary>
    public void Publish(IncomingEvent e)
    {
        if (_byKey.Count == 0) return;
        _seen++;
        Offer(Everything, e);
        Offer(KeyHash.Kind(e.Kind), e);
        Offer(OfId(e.Id), e);
        foreach (var key in e.Keys) Offer(key, e);
    }

    void Offer(ulong key, IncomingEvent e)
    {
        if (!_byKey.TryGetValue(key, out var list)) return;
        foreach (var subscription in list)
        {
            if (subscription.LastSeen == _seen || !Wants(subscription, e)) continue;
            subscription.LastSeen = _seen;
            subscription.Outbound.Event(subscription.Head, e.Json);
        }
    }

    static bool Wants(Subscription subscription, IncomingEvent e)
    {
        var row = e.Row(default, 0);
        foreach (var query in subscription.Queries)
        {
            if (query.Matches(row, e.Keys)) return true;
        }

        return false;
    }

    static HashSet<ulong> KeysOf(Subscription subscription) => [.. subscription.Queries.SelectMany(KeysOf)];

    /// <summary>The keys of the condition that most likely lets the fewest events through.</summary>
    static IEnumerable<ulong> KeysOf(Query query) =>
        query.Ids is not null ? query.Ids.Select(OfId) :
        query.Tags is [var values, ..] ? values :
        query.Authors is not null ? query.Authors :
        query.Kinds is not null ? query.Kinds.Select(KeyHash.Kind) :
        [Everything];

    static ulong OfId(UInt128 id) => (ulong)(id >> 64);
}
