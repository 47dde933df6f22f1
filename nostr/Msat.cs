namespace PoA.Nostr;

/// <summary>Millisatoshi: the only unit of money in this code. Sats exist at the edges.</summary>
public readonly record struct Msat(long Value) : IComparable<Msat>
{
    public static readonly Msat Zero;

    /// <summary>Whole sats, rounded down.</summary>
    public long Sat => Value / 1_000;

    public static Msat FromSat(long sat) => new(sat * 1_000);

    public int CompareTo(Msat other) => Value.CompareTo(other.Value);

    public static Msat operator +(Msat left, Msat right) => new(left.Value + right.Value);
    public static Msat operator -(Msat left, Msat right) => new(left.Value - right.Value);
    public static bool operator <(Msat left, Msat right) => left.Value < right.Value;
    public static bool operator >(Msat left, Msat right) => left.Value > right.Value;
    public static bool operator <=(Msat left, Msat right) => left.Value <= right.Value;
    public static bool operator >=(Msat left, Msat right) => left.Value >= right.Value;

    public override string ToString() => $"{Value} msat";
}
