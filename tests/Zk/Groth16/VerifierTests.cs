using System.Text.Json;
using PoA.Nostr.Tests.Zk.Curves;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Tests.Zk.Groth16;

public class VerifierTests
{
    static readonly JsonElement Honest =
        ZkVectors.Load("attacks_rep_range.json").GetProperty("cases").EnumerateArray().First();

    static readonly VerifyingKey Key = Created(Points(Honest.GetProperty("vk")));
    static readonly Proof Proof = Read(Honest.GetProperty("proof"));
    static readonly Fr[] Signals = Numbers(Honest);

    [Theory]
    [InlineData(Arithmetic.Best)]
    [InlineData(Arithmetic.Scalar)]
    public void Nothing_is_allocated_for_a_verdict(Arithmetic arithmetic)
    {
        var (system, witness) = SmallCircuits.Cube(3);
        var points = Setup.MakeInsecure(system);
        var key = Created(points.Verifying);
        var proof = new Prover(points).Prove(witness);
        var forged = proof with { A = proof.C };
        var signals = witness.AsSpan(1, key.PublicCount);
        Assert.Equal(Verdict.Accepted, Verifier.Verify(key, proof, signals, arithmetic));

        // The first verdicts may find something of the runtime to be made.
        var before = 0L;
        for (var i = 0; i < 150; i++)
        {
            Verifier.Verify(key, proof, signals, arithmetic);
            Verifier.Verify(key, forged, signals, arithmetic);
            Verifier.Verify(key, proof, [], arithmetic);
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(Arithmetic.Best)]
    [InlineData(Arithmetic.Scalar)]
    public void A_proof_of_snarkjs_is_accepted_for_its_own_signals_only(Arithmetic arithmetic)
    {
        Assert.Equal(Verdict.Accepted, Verifier.Verify(Key, Proof, Signals, arithmetic));
        for (var i = 0; i < Signals.Length; i++)
        {
            Fr[] changed = [.. Signals];
            changed[i] += Fr.One;
            Assert.Equal(Verdict.EquationFails, Verifier.Verify(Key, Proof, changed, arithmetic));
        }

        Assert.Equal(Verdict.WrongSignalCount, Verifier.Verify(Key, Proof, Signals.AsSpan(1), arithmetic));
        Assert.Equal(Verdict.WrongSignalCount, Verifier.Verify(Key, Proof, [.. Signals, Fr.Zero], arithmetic));
    }

    [Theory]
    [InlineData(Arithmetic.Best)]
    [InlineData(Arithmetic.Scalar)]
    public void Malformed_points_are_told_apart_from_false_ones(Arithmetic arithmetic)
    {
        Expect(Verdict.MalformedPoint, Proof with { A = G1Affine.Infinity });
        Expect(Verdict.MalformedPoint, Proof with { B = G2Affine.Infinity });
        Expect(Verdict.MalformedPoint, Proof with { C = G1Affine.Infinity });
        Expect(Verdict.MalformedPoint, Proof with { A = Proof.A with { X = Proof.A.X + Fq.One } });
        Expect(Verdict.MalformedPoint, Proof with { C = Proof.C with { Y = Proof.C.Y + Fq.One } });
        Expect(Verdict.MalformedPoint, Proof with { B = Proof.B with { X = Proof.B.Y } });
        Expect(Verdict.EquationFails, Proof with { A = Proof.A + G1.Generator });
        Expect(Verdict.EquationFails, Proof with { B = Proof.B + G2.Generator });
        Expect(Verdict.EquationFails, Proof with { C = -Proof.C });
        Expect(Verdict.Accepted, Proof with { A = -Proof.A, B = -Proof.B });

        var outside = ZkVectors.Load("bn254_invalid_and_serialization.json").GetProperty("g2").EnumerateArray();
        var torsion = outside.Where(point => point.TryGetProperty("inSubgroup", out _)).ToArray();
        Assert.NotEmpty(torsion);
        foreach (var point in torsion.Select(point => CurveTests.PointG2(point.GetProperty("p"))))
        {
            Expect(Verdict.NotInSubgroup, Proof with { B = point });
            Expect(Verdict.NotInSubgroup, Proof with { B = Proof.B + point });
        }

        void Expect(Verdict verdict, in Proof proof) =>
            Assert.Equal(verdict, Verifier.Verify(Key, proof, Signals, arithmetic));
    }

    [Fact]
    public void Keys_that_anybody_could_forge_for_are_refused()
    {
        var points = Points(Honest.GetProperty("vk"));
        Refused(KeyDefect.DeltaIsGamma, points with { Delta = points.Gamma });
        Refused(KeyDefect.DeltaIsGenerator, points with { Delta = G2.Generator, Gamma = points.Delta });
        Refused(KeyDefect.PointAtInfinity, points with { Alpha = G1Affine.Infinity });
        Refused(KeyDefect.PointAtInfinity, points with { Gamma = G2Affine.Infinity });
        Refused(KeyDefect.PointAtInfinity, points with { Ic = points.Ic.SetItem(2, G1Affine.Infinity) });
        Refused(KeyDefect.PointOutsideGroup, points with { Beta = points.Beta with { X = points.Beta.Y } });
        Refused(KeyDefect.PointOutsideGroup, points with { Alpha = new(Fq.One, Fq.One) });
        Refused(KeyDefect.WithoutSignals, points with { Ic = [] });

        static void Refused(KeyDefect defect, VerifyingKeyPoints points)
        {
            Assert.Equal(defect, VerifyingKey.TryCreate(points, out var key));
            Assert.Null(key);
        }
    }

    [Theory]
    [InlineData(Arithmetic.Best)]
    [InlineData(Arithmetic.Scalar)]
    public void Verification_allocates_nothing(Arithmetic arithmetic)
    {
        for (var i = 0; i < 3; i++)
        {
            Verifier.Verify(Key, Proof, Signals, arithmetic);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var verdict = Verifier.Verify(Key, Proof, Signals, arithmetic);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(Verdict.Accepted, verdict);
    }

    [Fact]
    public void The_compressed_form_holds_the_same_proof()
    {
        var bytes = Proof.ToBytes();
        Assert.Equal(Proof.Size, bytes.Length);
        Assert.True(Proof.TryRead(bytes, out var read));
        Assert.Equal(Proof, read);
        Assert.False(Proof.TryRead(bytes.AsSpan(1), out _));
        Assert.False(Proof.TryRead([.. bytes, 0], out _));
    }

    internal static VerifyingKey Created(VerifyingKeyPoints points)
    {
        Assert.Equal(KeyDefect.None, VerifyingKey.TryCreate(points, out var key));
        return key!;
    }

    internal static VerifyingKeyPoints Points(JsonElement vk) => new(
        CurveTests.PointG1(vk.GetProperty("vk_alpha_1")), CurveTests.PointG2(vk.GetProperty("vk_beta_2")),
        CurveTests.PointG2(vk.GetProperty("vk_gamma_2")), CurveTests.PointG2(vk.GetProperty("vk_delta_2")),
        [.. vk.GetProperty("IC").EnumerateArray().Select(CurveTests.PointG1)]);

    internal static Proof Read(JsonElement proof) => new(
        CurveTests.PointG1(proof.GetProperty("pi_a")), CurveTests.PointG2(proof.GetProperty("pi_b")),
        CurveTests.PointG1(proof.GetProperty("pi_c")));

    static Fr[] Numbers(JsonElement attack) => attack.GetProperty("publicSignals").Numbers();
}
