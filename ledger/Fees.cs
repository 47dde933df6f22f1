namespace PoA.Nostr.Ledger;

/// <summary>
/// What the platform takes of a settlement, in basis points of its gross. The rate is read when an escrow opens and
/// kept with it: a change concerns escrows that open later.
/// </summary>
public static class Fees
{
    /// <summary>For every account that has no rate of its own.</summary>
    public const int StandardBps = 500;

    public const int BpsMax = 10_000;

    /// <summary>Whole sats, rounded down: a remainder belongs to whoever earned it.</summary>
    public static Msat Of(Msat gross, int bps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gross.Value, nameof(gross));
        ArgumentOutOfRangeException.ThrowIfNegative(bps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bps, BpsMax);
        return Msat.FromSat((long)((Int128)gross.Sat * bps / BpsMax));
    }
}
