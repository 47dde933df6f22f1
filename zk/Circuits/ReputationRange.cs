using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>What reputation-range is proved from. Commitment, salt and the record are the platform's
/// statement.</summary>
public sealed record ReputationRangeInput(
    Fr Commitment, Fr Min, Fr Max, Fr Context, Fr Secret, Fr Reputation, Fr Settled, Fr Disputed, Fr Salt)
    : IStatementInput;

/// <summary>The committed reputation lies between min and max: 0 ≤ min ≤ reputation ≤ max ≤ 10,000.</summary>
public sealed class ReputationRange : StatementCircuit<ReputationRangeInput>
{
    /// <summary>2^14 is the first power of two above 10,000.</summary>
    const int ScoreBits = 14;

    public override string Name => "reputation-range";

    private protected override ReputationRangeInput Blank => new(
        default, default, default, default, default, default, default, default, default);

    private protected override (T First, T Second) DeclareLimits<T>(
        IInterpreter<T> circuit, ReputationRangeInput input) =>
        (circuit.Public("min", input.Min), circuit.Public("max", input.Max));

    private protected override void RequireWithin<T>(
        IInterpreter<T> circuit, (T First, T Second) limits, OpenedRecord<T> opened)
    {
        var (min, max) = limits;
        Bits.Split(circuit, "0 ≤ min", min, ScoreBits);
        Bits.Split(circuit, "min ≤ reputation", opened.Reputation - min, ScoreBits);
        Bits.Split(circuit, "reputation ≤ max", max - opened.Reputation, ScoreBits);
        var most = T.Constant(Fr.FromUInt64(Statement.ReputationMax));
        Bits.Split(circuit, "max ≤ 10000", most - max, ScoreBits);
    }

    private protected override string? RefuseOwn(ReadOnlySpan<Fr> signals)
    {
        var (min, max) = (signals[2].ToBigInteger(), signals[3].ToBigInteger());
        return min <= max && max <= Statement.ReputationMax ? null : "The range is not 0 ≤ min ≤ max ≤ 10000.";
    }
}
