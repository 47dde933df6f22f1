namespace PoA.Nostr;

/// <summary>
/// The seam by which deadlines are credited for the time in which this service was deaf: an operator's downtime never
/// costs a customer money.
/// </summary>
public interface IListeningRecord
{
    /// <summary>
    /// The windows between two instants in which no relay with the role was heard by any process, oldest first.
    /// Known to a few seconds.
    /// </summary>
    Task<IReadOnlyList<BlindWindow>> BlindAsync(
        string role, DateTimeOffset from, DateTimeOffset to, CancellationToken ct);
}

/// <summary>A time of deafness.</summary>
public readonly record struct BlindWindow(DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To - From;
}
