using PoA.Nostr.Tests.Support;
using PoA.Nostr.Tests.Zk;
using PoA.Nostr.Tests.Zk.Ceremony;
using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Tests.Interop;

/// <summary>One ceremony, by us and by snarkjs in turns.</summary>
[Suite("interop")]
public class ZkCeremonyTests
{
    [Fact]
    public async Task Snarkjs_prepares_our_phase_1_to_what_we_prepared()
    {
        using var folder = new TemporaryFolder();
        var prepared = TestPtau.Write(4);
        await File.WriteAllBytesAsync(folder["raw.ptau"], TestPtau.Write(4, prepared: false), Ct);

        await ZkPeer.AskAsync(new { op = "prepare", from = folder["raw.ptau"], to = folder["prepared.ptau"] });

        Assert.Equal(prepared, await File.ReadAllBytesAsync(folder["prepared.ptau"], Ct));
    }

    [Fact]
    public async Task A_small_ceremony_in_turns_ends_in_a_key_that_both_sides_verify() =>
        await RunAsync(SmallCircuits.Cube(3), power: 4);

    [Fact(Explicit = true)]
    public async Task The_ceremony_of_inclusion_ends_in_a_key_that_both_sides_verify() =>
        await RunAsync((Circuit.All["inclusion"].Shape, Samples.Honest("inclusion").Witness!), power: 14);

    [Fact]
    public async Task The_ceremony_of_tier_ends_in_a_key_that_both_sides_verify() =>
        await RunAsync((Circuit.All["tier"].Shape, Samples.Honest("tier").Witness!), power: 10);

    static async Task RunAsync((ConstraintSystem System, Fr[] Witness) circuit, int power)
    {
        using var folder = new TemporaryFolder();
        var ptau = TestPtau.Write(power);
        await File.WriteAllBytesAsync(folder["p.ptau"], ptau, Ct);
        await ZkPeer.WriteAsync(folder, circuit.System, circuit.Witness);
        var initial = InitialKey.Make(circuit.System, TestPtau.Open(ptau));
        await SaveAsync(folder["1.zkey"], Phase2.Contribute(initial, "ours"));

        await ZkPeer.AskAsync(
            new { op = "newKey", r1cs = folder["c.r1cs"], ptau = folder["p.ptau"], zkey = folder["0.zkey"] },
            new { op = "contribute", from = folder["1.zkey"], to = folder["2.zkey"], name = "theirs" });
        Assert.Equal(ZkeyFile.Write(initial), await File.ReadAllBytesAsync(folder["0.zkey"], Ct));

        var key = Phase2.Finish(await LoadAsync(folder["2.zkey"]), "a block", new([7, 7, 7], 10));
        await SaveAsync(folder["3.zkey"], key);
        Assert.Null(Phase2.Refuse(initial, key));
        var verdicts = await ZkPeer.AskAsync(
            new { op = "verifySetup", r1cs = folder["c.r1cs"], ptau = folder["p.ptau"], zkey = folder["3.zkey"] },
            new { op = "beacon", from = folder["2.zkey"], to = folder["4.zkey"], name = "b", hex = "070707" },
            new { op = "prove", zkey = folder["3.zkey"], wtns = folder["c.wtns"] });
        Assert.True(verdicts[0].GetBoolean());
        var theirs = await LoadAsync(folder["4.zkey"]);
        Assert.Null(Phase2.Refuse(initial, theirs));
        Assert.Equal(key.Points.Delta1, theirs.Points.Delta1);

        Assert.Equal(KeyDefect.None, VerifyingKey.TryCreate(key.Points.Verifying, out var verifying));
        var signals = circuit.Witness[1..(circuit.System.PublicCount + 1)];
        var proof = SnarkJson.ReadProof(verdicts[2].Part("proof"));
        Assert.Equal(Verdict.Accepted, Verifier.Verify(verifying!, proof, signals));
        ZkPeer.Write(folder, key, new Prover(key.Points).Prove(circuit.Witness), circuit.Witness);
        Assert.True((await ZkPeer.AskAsync(ZkPeer.Verify(folder)))[0].GetBoolean());
    }

    static Task SaveAsync(string path, CeremonyKey key) => File.WriteAllBytesAsync(path, ZkeyFile.Write(key), Ct);

    static async Task<CeremonyKey> LoadAsync(string path) => ZkeyFile.Read(await File.ReadAllBytesAsync(path, Ct));

    static CancellationToken Ct => TestContext.Current.CancellationToken;
}
