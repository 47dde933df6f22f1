namespace PoA.Nostr;

/// <summary>The seam to the relays of this installation: what we tell others to reach us on.</summary>
public interface IOwnRelays
{
    /// <summary>Those with a role of relays.json: "jobs", "announce".</summary>
    IReadOnlyList<string> For(string role);
}
