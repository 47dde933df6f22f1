using System.Numerics;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>What tier is proved from. Rates are in basis points: 100 is 1 %.</summary>
public sealed record TierInput(
    Fr Commitment, Fr SettledMin, Fr DisputeRateMax, Fr Context,
    Fr Secret, Fr Reputation, Fr Settled, Fr Disputed, Fr Salt)
    : IStatementInput;

/// <summary>
/// The committed record has at least settled_min jobs, and of 10,000 settled jobs at most dispute_rate_max were
/// disputed: disputed · 10,000 ≤ dispute_rate_max · settled.
/// </summary>
public sealed class Tier : StatementCircuit<TierInput>
{
    const int CountBits = 32;
    const int RateBits = 14;
    const int RateMax = 10_000;

    /// <summary>dispute_rate_max · settled stays below 2^14 · 2^33.</summary>
    const int ProductBits = 48;

    public override string Name => "tier";

    private protected override TierInput Blank => new(
        default, default, default, default, default, default, default, default, default);

    private protected override (T First, T Second) DeclareLimits<T>(IInterpreter<T> circuit, TierInput input) =>
        (circuit.Public("settled_min", input.SettledMin), circuit.Public("dispute_rate_max", input.DisputeRateMax));

    private protected override void RequireWithin<T>(
        IInterpreter<T> circuit, (T First, T Second) limits, OpenedRecord<T> opened)
    {
        var (settledMin, rateMax) = limits;
        Bits.Split(circuit, "settled_min is a count", settledMin, CountBits);
        Bits.Split(circuit, "settled_min ≤ settled", opened.Settled - settledMin, CountBits);
        Bits.Split(circuit, "disputed is a count", opened.Disputed, CountBits);
        Bits.Split(circuit, "0 ≤ dispute_rate_max", rateMax, RateBits);
        Bits.Split(circuit, "dispute_rate_max ≤ 10000", T.Constant(Fr.FromUInt64(RateMax)) - rateMax, RateBits);
        var allowed = circuit.Multiply("allowed", opened.Settled, rateMax);
        var left = allowed - (opened.Disputed * Fr.FromUInt64(RateMax));
        Bits.Split(circuit, "disputed ≤ dispute_rate_max of settled", left, ProductBits);
    }

    private protected override string? RefuseOwn(ReadOnlySpan<Fr> signals) =>
        signals[2].ToBigInteger() >= BigInteger.One << CountBits ? "settled_min is no 32-bit count." :
        signals[3].ToBigInteger() > RateMax ? "dispute_rate_max is above 10000 basis points." :
        null;
}
