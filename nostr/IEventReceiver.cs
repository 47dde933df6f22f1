namespace PoA.Nostr;

/// <summary>
/// The seam between relays and features. A feature says what it wants to hear and takes events one by one; several
/// calls run at once. It must be safe to call twice with the same event: relays and crashes deliver twice.
/// </summary>
public interface IEventReceiver
{
    /// <summary>The role of the relays to listen on, from relays.json: "jobs", "index".</summary>
    string Role { get; }

    /// <summary>What to ask of relays. Without since, until and limit: those are the listener's.</summary>
    IReadOnlyList<Filter> Filters { get; }

    /// <summary>A cheap look before the signature is checked: is this addressed to us, or to anybody?</summary>
    bool Wants(NostrEvent candidate);

    /// <summary>A problem thrown here is final for this event; any other exception means try again later.</summary>
    Task ReceiveAsync(VerifiedEvent received, CancellationToken ct);
}
