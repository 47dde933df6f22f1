using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Tests.Zk.Groth16;

public class BatchVerifierTests
{
    static readonly ProvingKeyPoints Points = Setup.MakeInsecure(Circuit.All["reputation-range"].Shape);
    static readonly VerifyingKey Key = VerifierTests.Created(Points.Verifying);
    static readonly Fr[] Witness = Samples.Honest("reputation-range").Witness!;

    [Theory]
    [InlineData(Arithmetic.Best)]
    [InlineData(Arithmetic.Scalar)]
    public void Honest_batches_of_any_size_are_accepted(Arithmetic arithmetic)
    {
        foreach (var count in new[] { 0, 1, 7, 8, 9, 19 })
        {
            var (proofs, signals) = Honest(count);
            var verdicts = BatchVerifier.Verify(Key, proofs, signals, arithmetic);
            Assert.Equal(count, verdicts.Length);
            Assert.All(verdicts, verdict => Assert.Equal(Verdict.Accepted, verdict));
        }
    }

    [Theory]
    [InlineData(Arithmetic.Best)]
    [InlineData(Arithmetic.Scalar)]
    public void Two_false_proofs_that_cancel_under_equal_weights_are_refused(Arithmetic arithmetic)
    {
        var (proofs, signals) = Honest(8);
        proofs[1] = proofs[1] with { C = proofs[1].C + G1.Generator };
        proofs[6] = proofs[6] with { C = proofs[6].C + -G1.Generator };

        var verdicts = BatchVerifier.Verify(Key, proofs, signals, arithmetic);
        Assert.Equal([1, 6], Enumerable.Range(0, 8).Where(i => verdicts[i] == Verdict.EquationFails));
    }

    [Theory]
    [InlineData(Arithmetic.Best)]
    [InlineData(Arithmetic.Scalar)]
    public void False_proofs_are_named(Arithmetic arithmetic)
    {
        var (proofs, signals) = Honest(11);
        proofs[3] = proofs[3] with { C = proofs[3].C + G1.Generator };
        proofs[9] = proofs[9] with { C = proofs[9].C + -G1.Generator };
        var torsion = ZkVectors.Load("bn254_invalid_and_serialization.json").GetProperty("g2")[1].GetProperty("p");
        proofs[5] = proofs[5] with { B = proofs[5].B + Curves.CurveTests.PointG2(torsion) };
        proofs[7] = proofs[7] with { A = G1Affine.Infinity };
        signals[0] += Fr.One;

        var verdicts = BatchVerifier.Verify(Key, proofs, signals, arithmetic);
        for (var i = 0; i < proofs.Length; i++)
        {
            var expected = i switch
            {
                0 or 3 or 9 => Verdict.EquationFails,
                5 => Verdict.NotInSubgroup,
                7 => Verdict.MalformedPoint,
                _ => Verdict.Accepted,
            };
            Assert.Equal(expected, verdicts[i]);
        }

        Assert.All(
            BatchVerifier.Verify(Key, proofs, signals.AsMemory(1), arithmetic),
            verdict => Assert.Equal(Verdict.WrongSignalCount, verdict));
    }

    static (Proof[] Proofs, Fr[] Signals) Honest(int count)
    {
        var prover = new Prover(Points);
        var signals = Witness[1..(Key.PublicCount + 1)];
        return (
            [.. Enumerable.Range(0, count).Select(_ => prover.Prove(Witness))],
            [.. Enumerable.Repeat(signals, count).SelectMany(own => own)]);
    }
}
