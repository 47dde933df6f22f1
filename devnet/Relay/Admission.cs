namespace PoA.Nostr.Devnet.Relay;

/// <summary>What one connection may write and read, and as whom (NIP-01, 40, 42, 70).</summary>
sealed class Admission(RelayOptions options, TimeProvider clock, string host, string challenge)
{
    const int Authentication = 22242;
    const int KeysMax = 100;
    static readonly TimeSpan AuthenticationAgeMax = TimeSpan.FromMinutes(10);
    readonly HashSet<string> _keys = [];

    public string Challenge => challenge;

    /// <summary>Null when the event may be stored. The signature comes last: it costs the most.</summary>
    public string? Refuse(NostrEvent e)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        return e.Kind == Authentication ? "invalid: kind 22242 is for AUTH only" :
            e.CreatedAt > now + (long)options.FutureMax.TotalSeconds ? "invalid: created_at is too far in the future" :
            e.CreatedAt < now - (long)options.AgeMax.TotalSeconds ? "invalid: created_at is too long ago" :
            long.TryParse(e.Tag("expiration"), out var expires) && expires <= now ? "invalid: it has expired" :
            IsProtected(e) && _keys.Count == 0 ? "auth-required: only its author may publish a protected event" :
            IsProtected(e) && !_keys.Contains(e.Pubkey) ? "restricted: only its author may publish a protected event" :
            VerifiedEvent.TryVerify(e, out var problem) is null ? problem!.RelayReason() :
            null;
    }

    /// <summary>Null when the client has proved that the key is its own.</summary>
    public string? Authenticate(NostrEvent e)
    {
        var age = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(Math.Min(e.CreatedAt, uint.MaxValue));
        var refusal =
            e.Kind != Authentication ? "invalid: AUTH takes an event of kind 22242" :
            e.Tag("challenge") != challenge ? "invalid: the challenge is not the one of this connection" :
            !IsThisRelay(e.Tag("relay")) ? "invalid: the event was made for another relay" :
            age.Duration() > AuthenticationAgeMax ? "invalid: created_at is more than 10 minutes off" :
            _keys.Count >= KeysMax ? $"restricted: at most {KeysMax} keys on one connection" :
            VerifiedEvent.TryVerify(e, out var problem) is null ? problem!.RelayReason() :
            null;
        if (refusal is null) _keys.Add(e.Pubkey);
        return refusal;
    }

    /// <summary>Null when the client may read what the filters ask for.</summary>
    public string? RefuseToRead(IReadOnlyList<Filter> filters) =>
        _keys.Count == 0 && options.AuthenticatedKinds.Count > 0 && filters.Any(
            filter => filter.Kinds is { } kinds && kinds.Any(options.AuthenticatedKinds.Contains))
                ? "auth-required: these kinds are read by authenticated clients"
                : null;

    static bool IsProtected(NostrEvent e) => e.Tags.Any(tag => tag is ["-", ..]);

    /// <summary>Whoever dials this machine by another of its names means this relay too: the port must agree.</summary>
    bool IsThisRelay(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var named) && named.Scheme is "ws" or "wss"
        && Uri.TryCreate($"ws://{host}", UriKind.Absolute, out var dialled)
        && named.Port == dialled.Port
        && (named.Host == dialled.Host || (named.IsLoopback && dialled.IsLoopback));
}
