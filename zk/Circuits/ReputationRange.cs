using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>What reputation-range is proved from. Commitment, salt and the record are the platform's
/// statement.</summary>
public sealed record ReputationRangeInput(
    Fr Commitment, Fr Min, Fr Max, Fr Context, Fr Secret, Fr Reputation, Fr Settled, Fr Disputed, Fr Salt);

/// <summary>The committed reputation lies between min and max: 0 ≤ min ≤ reputation ≤ max ≤ 10,000.</summary>
public sealed class ReputationRange : Circuit<ReputationRangeInput>
{
    /// <summary>2^14 is the first power of two above 10,000.</summary>
    const int ScoreBits = 14;

    public override string Name => "reputation-range";

    private protected override ReputationRangeInput Blank => new(
        default, default, default, default, default, default, default, default, default);

    private protected override void Define<T>(IInterpreter<T> circuit, ReputationRangeInput input)
    {
        var nullifier = circuit.Public("nullifier", Subject.Nullifier(input.Secret, input.Context));
        var commitment = circuit.Public("commitment", input.Commitment);
        var min = circuit.Public("min", input.Min);
        var max = circuit.Public("max", input.Max);
        var context = circuit.Public("context", input.Context);
        var secret = circuit.Private("secret", input.Secret);
        var reputation = circuit.Private("reputation", input.Reputation);
        var settled = circuit.Private("settled", input.Settled);
        var disputed = circuit.Private("disputed", input.Disputed);
        var salt = circuit.Private("salt", input.Salt);

        var subject = Subject.Of(circuit, secret);
        Statement.Require(circuit, [subject, reputation, settled, disputed, salt], commitment);
        Bits.Split(circuit, "0 ≤ min", min, ScoreBits);
        Bits.Split(circuit, "min ≤ reputation", reputation - min, ScoreBits);
        Bits.Split(circuit, "reputation ≤ max", max - reputation, ScoreBits);
        var most = T.Constant(Fr.FromUInt64(Statement.ReputationMax));
        Bits.Split(circuit, "max ≤ 10000", most - max, ScoreBits);
        Subject.RequireNullifier(circuit, secret, context, nullifier);
    }

    private protected override string? RefuseOwn(ReadOnlySpan<Fr> signals)
    {
        var (min, max) = (signals[2].ToBigInteger(), signals[3].ToBigInteger());
        return min <= max && max <= Statement.ReputationMax ? null : "The range is not 0 ≤ min ≤ max ≤ 10000.";
    }
}
