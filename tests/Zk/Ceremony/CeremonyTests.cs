using System.Buffers.Binary;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Tests.Zk.Ceremony;

public class CeremonyTests
{
    static readonly byte[] Ptau = TestPtau.Write(4);
    static readonly PowersOfTau Phase1 = TestPtau.Open(Ptau);
    static readonly (ConstraintSystem System, Fr[] Witness) Cube = SmallCircuits.Cube(3);
    static readonly CeremonyKey Initial = InitialKey.Make(Cube.System, Phase1);

    [Fact]
    public void Points_and_numbers_drawn_from_a_stream_equal_ffjavascript()
    {
        foreach (var vector in ZkVectors.Cases("ceremony_rng.json"))
        {
            ChaCha Stream() => new(vector.GetProperty("seed").EnumerateArray().Select(x => x.GetUInt32()).ToArray());
            var g1 = vector.GetProperty("g1FromRng");
            var g2 = vector.GetProperty("g2FromRng");
            Assert.Equal(vector.GetProperty("frFromRng").Number(), Stream().NextNumber<ScalarModulus>());
            Assert.Equal(new(Coordinate(g1[0]), Coordinate(g1[1])), Stream().NextG1());
            Assert.Equal(
                new(new(Coordinate(g2[0][0]), Coordinate(g2[0][1])), new(Coordinate(g2[1][0]), Coordinate(g2[1][1]))),
                Stream().NextG2());
        }
    }

    [Fact]
    public void An_unprepared_phase_1_gives_the_same_initial_key()
    {
        var unprepared = TestPtau.Open(TestPtau.Write(4, prepared: false));
        Assert.Equal(ZkeyFile.Write(Initial), ZkeyFile.Write(InitialKey.Make(Cube.System, unprepared)));
    }

    [Fact]
    public void A_key_proves_after_a_contribution_and_a_beacon_and_verifies_as_a_setup()
    {
        Assert.Equal(KeyDefect.DeltaIsGamma, VerifyingKey.TryCreate(Initial.Points.Verifying, out _));
        Assert.True(Initial.IsDevelopment);
        Assert.NotNull(Phase2.Refuse(Initial, Initial));

        var key = Phase2.Finish(
            Phase2.Contribute(Phase2.Contribute(Initial, "first"), "second"), "a block", new([1, 2, 3], 10));

        Assert.Null(Phase2.Refuse(Initial, key));
        Assert.Equal(["first", "second", "a block"], key.Contributions.Select(step => step.Name!));
        var read = ZkeyFile.Read(ZkeyFile.Write(key));
        Assert.Null(Phase2.Refuse(Initial, read));
        Assert.Equal(ZkeyFile.Write(key), ZkeyFile.Write(read));
        Assert.Equal(KeyDefect.None, VerifyingKey.TryCreate(read.Points.Verifying, out var verifying));
        var proof = new Prover(read.Points).Prove(Cube.Witness);
        Assert.Equal(Verdict.Accepted, Verifier.Verify(verifying!, proof, [Cube.Witness[1]]));
        Assert.Equal(Verdict.EquationFails, Verifier.Verify(verifying!, proof, [Cube.Witness[1] + Fr.One]));
    }

    [Fact]
    public void Every_change_of_a_ceremony_is_noticed()
    {
        var key = Phase2.Contribute(Phase2.Contribute(Initial, "first"), "second");
        var points = key.Points;
        Assert.Null(Phase2.Refuse(Initial, key));
        Refused(key with { Contributions = key.Contributions.RemoveAt(0) });
        Refused(key with { Contributions = key.Contributions.RemoveAt(1) });
        Refused(key with { Contributions = [key.Contributions[1], key.Contributions[0]] });
        Refused(key with { CircuitHash = new byte[64] });
        Refused(key with { Points = points with { Delta1 = points.Delta1 + points.Delta1 } });
        Refused(key with { Points = points with { C = Changed(points.C) } });
        Refused(key with { Points = points with { H = Changed(points.H) } });
        Refused(key with { Points = points with { A = Changed(points.A) } });
        Refused(key with { Points = points with { B1 = Changed(points.B1) } });
        Refused(key with { Points = points with { Beta1 = points.Delta1 } });
        Refused(key with { Points = points with { Coefficients = points.Coefficients[1..] } });
        Refused(key with { Points = points with { C = Initial.Points.C } });
        var step = key.Contributions[1];
        Refused(With(key, step with { DeltaAfter = step.S }));
        Refused(With(key, step with { SX = step.S }));
        Refused(With(key, step with { SpX = G2.Generator }));
        Refused(With(key, step with { Transcript = new byte[64] }));
        Refused(With(key, step with { Beacon = new([1], 10) }));
        var finished = Phase2.Finish(key, "end", new([1], 10));
        Refused(Phase2.Contribute(finished, "too late"));
        var other = finished.Contributions[2] with { Beacon = new([2], 10) };
        Refused(finished with { Contributions = finished.Contributions.SetItem(2, other) });

        static CeremonyKey With(CeremonyKey key, Contribution last) =>
            key with { Contributions = key.Contributions.SetItem(1, last) };
    }

    [Fact]
    public void A_contribution_by_nothing_is_no_contribution()
    {
        var idle = new Contribution(
            G1.Generator, G1.Generator, G1.Generator, Ceremonies.PointOf(new byte[64]), new byte[64]);
        Refused(Initial with { Contributions = [idle] });
        Assert.Throws<ZkFileException>(() => Phase2.Contribute(Initial, ""));
        Assert.Throws<ZkFileException>(() => Phase2.Contribute(Initial, new string('x', 65)));
        Assert.Throws<ZkFileException>(() => Phase2.Finish(Initial, "x", new([1], 63)));
    }

    [Fact]
    public void A_phase_1_with_another_hash_or_of_another_shape_is_refused()
    {
        Assert.Throws<ZkFileException>(() => new PowersOfTau(Ptau, null));
        Assert.Throws<ZkFileException>(() => new PowersOfTau(Ptau, new string('0', 128)));
        Assert.Throws<ZkFileException>(() => TestPtau.Open(Ptau[..^1]));
        Assert.Throws<ZkFileException>(() => InitialKey.Make(SmallCircuits.Chain(20).System, Phase1));
        var lottery = new Lottery(4);
        for (var i = 0; i < 60; i++)
        {
            var mutated = lottery.Mutate(Ptau);
            try
            {
                InitialKey.Make(Cube.System, TestPtau.Open(mutated));
            }
            catch (ZkFileException e)
            {
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(12, uint.MaxValue)]
    [InlineData(16, uint.MaxValue)]
    [InlineData(24, 2u)]
    [InlineData(112, uint.MaxValue)]
    [InlineData(112, 1u << 30)]
    [InlineData(116, uint.MaxValue)]
    [InlineData(120, uint.MaxValue)]
    [InlineData(120, 3u)]
    public void A_key_that_lies_about_its_sizes_is_refused(int at, uint value)
    {
        var bytes = ZkeyFile.Write(Phase2.Contribute(Initial, "first"));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        Assert.Throws<ZkFileException>(() => ZkeyFile.Read(bytes));
    }

    [Fact]
    public void No_mutation_of_a_key_does_more_than_be_read_or_be_refused()
    {
        var key = ZkeyFile.Write(Phase2.Contribute(Initial, "first"));
        var lottery = new Lottery(3);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            try
            {
                ZkeyFile.Read(lottery.Mutate(key));
            }
            catch (ZkFileException e)
            {
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, 200, 300);
    }

    static void Refused(CeremonyKey key) => Assert.NotNull(Phase2.Refuse(Initial, key));

    static G1Affine[] Changed(G1Affine[] points) => [points[^1], .. points[1..^1], points[0] + G1.Generator];

    static Fq Coordinate(System.Text.Json.JsonElement text) => Fq.Parse(text.GetString()!);
}
