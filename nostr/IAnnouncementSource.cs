namespace PoA.Nostr;

/// <summary>
/// The seam by which features say what relays should know about our agents: kind 0, 31990, 10019 and whatever else is
/// replaceable or addressable. The announcer signs, dates and publishes it, again when it changed and at least weekly.
/// Relay lists (10002) and heartbeats (11998) of every key named here are the announcer's own.
/// </summary>
public interface IAnnouncementSource
{
    /// <summary>
    /// Everything that should stand announced now. Asked at start and every few seconds: answer from memory.
    /// </summary>
    Task<IReadOnlyList<Announcement>> AnnouncementsAsync(CancellationToken ct);
}

/// <param name="Signer">The key that announces.</param>
/// <param name="Kind">Replaceable or addressable.</param>
/// <param name="Tags">With the d tag of an addressable event.</param>
/// <param name="Content">As it is published.</param>
public sealed record Announcement(ISigner Signer, int Kind, string[][] Tags, string Content)
{
    /// <summary>Which relays of ours carry it. Where none has the role, it is not published.</summary>
    public string Role { get; init; } = "announce";
}
