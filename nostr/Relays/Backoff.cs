using System.Security.Cryptography;

namespace PoA.Nostr.Relays;

/// <summary>
/// Decorrelated jitter: each wait is drawn between the least and three times the wait before, up to the most. Many
/// clients of a relay that comes back therefore do not come back together.
/// </summary>
public sealed class Backoff(TimeSpan min, TimeSpan max)
{
    const int DiceSides = 1 << 20;
    TimeSpan _last;

    public TimeSpan Next() => _last = Next(_last, min, max, Dice());

    /// <summary>Only after the peer has been well for a while: a flapping one keeps its long waits.</summary>
    public void Reset() => _last = TimeSpan.Zero;

    /// <param name="last">The wait before.</param>
    /// <param name="min">The least.</param>
    /// <param name="max">The most.</param>
    /// <param name="dice">0 to 1.</param>
    internal static TimeSpan Next(TimeSpan last, TimeSpan min, TimeSpan max, double dice)
    {
        var ceiling = TimeSpan.FromTicks(Math.Min(max.Ticks, Math.Max(last.Ticks, min.Ticks) * 3));
        return min + ((ceiling - min) * dice);
    }

    internal static double Dice() => RandomNumberGenerator.GetInt32(DiceSides + 1) / (double)DiceSides;
}
