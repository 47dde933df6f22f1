using PoA.Nostr.Tests.Support;
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
    public void Proofs_at_the_same_time_do_not_share_their_memory()
    {
        var key = VerifierTests.Created(Range.Value.Verifying);
        var prover = new Prover(Range.Value, tables: true);
        Fr[][] witnesses =
        [
            .. Enumerable.Range(0, 12)
                .Select(i => new ReputationRange().Assign(Samples.Range(8_000 + (ulong)i)).Witness!),
        ];
        Parallel.ForEach(witnesses, new ParallelOptions { MaxDegreeOfParallelism = 6 }, witness => Assert.Equal(
            Verdict.Accepted, Verifier.Verify(key, prover.Prove(witness), witness.AsSpan(1, key.PublicCount))));
    }

    [Fact]
    public void Tables_come_back_from_their_file_unless_it_is_damaged_or_of_another_key()
    {
        using var folder = new TemporaryFolder();
        var (path, hash) = (folder["range.tables"], new byte[32]);
        var key = VerifierTests.Created(Range.Value.Verifying);
        var witness = Samples.Honest("reputation-range").Witness!;
        var signals = witness[1..(key.PublicCount + 1)];
        Prove();
        var written = File.ReadAllBytes(path);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Prove();
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));

        foreach (var at in new[] { 0, 8, 20, 50, 90, written.Length - 1 })
        {
            byte[] damaged = [.. written];
            damaged[at] ^= 1;
            File.WriteAllBytes(path, damaged);
            Prove();
            Assert.Equal(written, File.ReadAllBytes(path));
        }

        File.WriteAllBytes(path, written[..^1]);
        Prove();
        hash[0] = 1;
        Prove();
        Assert.Equal(1, File.ReadAllBytes(path)[16]);

        void Prove() => Assert.Equal(
            Verdict.Accepted,
            Verifier.Verify(key, Prover.WithTables(Range.Value, hash, path).Prove(witness), signals));
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
