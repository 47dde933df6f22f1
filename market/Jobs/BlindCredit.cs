namespace PoA.Nostr.Market.Jobs;

/// <summary>Deadlines stand still while this service is deaf: an operator's downtime never costs a customer.</summary>
static class BlindCredit
{
    /// <summary>
    /// The deadline moved by every window that lies between the start and the deadline itself, as it moves.
    /// </summary>
    /// <param name="start">When the deadline began to run.</param>
    /// <param name="deadline">As it was agreed.</param>
    /// <param name="windows">Oldest first; they do not overlap.</param>
    internal static DateTimeOffset Credit(
        DateTimeOffset start, DateTimeOffset deadline, IReadOnlyList<BlindWindow> windows)
    {
        foreach (var window in windows)
        {
            if (window.To <= start) continue;
            var from = window.From > start ? window.From : start;
            if (from >= deadline) break;
            deadline += window.To - from;
        }

        return deadline;
    }
}
