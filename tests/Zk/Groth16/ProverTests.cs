using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Tests.Zk.Groth16;

public class ProverTests
{
    static readonly Lazy<ProvingKeyPoints> Range =
        new(() => Setup.MakeInsecure(Circuit.All["reputation-range"].Shape));

    [Theory]
    [InlineData(Arithmetic.Best, false)]
    [InlineData(Arithmetic.Best, true)]
    [InlineData(Arithmetic.Scalar, false)]
    public void What_an_honest_prover_makes_is_accepted(Arithmetic arithmetic, bool tables)
    {
        var key = VerifierTests.Created(Range.Value.Verifying);
        var prover = new Prover(Range.Value, arithmetic, tables);
        var witness = Samples.Honest("reputation-range").Witness!;
        var signals = witness[1..(key.PublicCount + 1)];

        var proof = prover.Prove(witness);
        Assert.Equal(Verdict.Accepted, Verifier.Verify(key, proof, signals));
        Assert.NotEqual(proof, prover.Prove(witness));

        signals[0] += Fr.One;
        Assert.Equal(Verdict.EquationFails, Verifier.Verify(key, proof, signals));
    }

    [Fact]
    public void A_witness_that_breaks_a_row_proves_nothing()
    {
        var key = VerifierTests.Created(Range.Value.Verifying);
        var prover = new Prover(Range.Value);
        var honest = Samples.Honest("reputation-range").Witness!;
        for (var wire = 1; wire < honest.Length; wire += 97)
        {
            Fr[] broken = [.. honest];
            broken[wire] += Fr.One;
            var signals = broken.AsSpan(1, key.PublicCount);
            Assert.Equal(Verdict.EquationFails, Verifier.Verify(key, prover.Prove(broken), signals));
        }

        Assert.Throws<ArgumentException>(() => prover.Prove(honest.AsSpan(1)));
        honest[0] = Fr.Two;
        Assert.Throws<ArgumentException>(() => prover.Prove(honest));
    }

    [Fact]
    public void A_key_of_another_setup_refuses_the_proof()
    {
        var other = VerifierTests.Created(Setup.MakeInsecure(Circuit.All["reputation-range"].Shape).Verifying);
        var witness = Samples.Honest("reputation-range").Witness!;
        var proof = new Prover(Range.Value).Prove(witness);
        Assert.Equal(Verdict.EquationFails, Verifier.Verify(other, proof, witness.AsSpan(1, other.PublicCount)));
    }
}
