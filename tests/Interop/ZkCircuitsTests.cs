using System.Text;
using PoA.Nostr.Tests.Support;
using PoA.Nostr.Tests.Zk.Ceremony;
using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Tests.Interop;

/// <summary>Our circuits against the same statements in circom, and our proofs against snarkjs.</summary>
[Suite("interop")]
public class ZkCircuitsTests
{
    [Theory]
    [InlineData("reputation-range", 830)]
    [InlineData("inclusion", 8539)]
    [InlineData("disclosure", 882)]
    [InlineData("disclosure-signed", 5089)]
    [InlineData("tier", 947)]
    public async Task Circom_says_the_same_of_the_same_input_and_snarkjs_accepts_our_proof(string name, int rows)
    {
        using var folder = new TemporaryFolder();
        var circuit = Circuit.All[name];
        var witness = Samples.Honest(name).Witness!;
        var key = DevelopmentKey.Make(circuit.Shape);
        ZkPeer.Write(folder, key, new Prover(key.Points).Prove(witness), witness);
        await ZkPeer.WriteAsync(folder, circuit.Shape, witness);
        var input = Samples.CircomJson(name);

        var answers = await ZkPeer.AskAsync(
            ZkPeer.Verify(folder),
            new { op = "checkWitness", r1cs = folder["c.r1cs"], wtns = folder["c.wtns"] },
            new { op = "compile", name, to = folder.Path },
            new { op = "calculate", input, wasm = folder[$"{name}_js/{name}.wasm"], wtns = folder["w"] });

        Assert.All(answers, answer => Assert.True(answer.GetBoolean()));
        var theirs = R1csFile.Read(await File.ReadAllBytesAsync(folder[$"{name}.r1cs"], Ct));
        var theirWitness = WtnsFile.Read(await File.ReadAllBytesAsync(folder["w"], Ct));
        Assert.Null(theirs.FirstBrokenRow(theirWitness));
        Assert.Equal(rows, theirs.RowCount);
        var signals = circuit.Shape.PublicCount;
        Assert.Equal(signals, theirs.PublicCount);
        Assert.Equal(witness[1..(signals + 1)], theirWitness[1..(signals + 1)]);
    }

    [Fact]
    public async Task A_key_made_by_snarkjs_for_circom_serves_both_provers()
    {
        using var folder = new TemporaryFolder();
        const string name = "disclosure";
        var input = Samples.CircomJson(name);
        await File.WriteAllBytesAsync(folder["p.ptau"], TestPtau.Write(10), Ct);
        var made = await ZkPeer.AskAsync(
            new { op = "compile", name, to = folder.Path },
            new { op = "calculate", input, wasm = folder[$"{name}_js/{name}.wasm"], wtns = folder["w"] },
            new { op = "newKey", r1cs = folder[$"{name}.r1cs"], ptau = folder["p.ptau"], zkey = folder["0.zkey"] },
            new { op = "contribute", from = folder["0.zkey"], to = folder["1.zkey"], name = "snarkjs" },
            new { op = "exportKey", zkey = folder["1.zkey"] },
            new { op = "prove", zkey = folder["1.zkey"], wtns = folder["w"] });

        var key = ZkeyFile.Read(await File.ReadAllBytesAsync(folder["1.zkey"], Ct));
        Assert.Null(Phase2.RefuseChain(key));
        Assert.Equal("snarkjs", Assert.Single(key.Contributions).Name);
        var witness = WtnsFile.Read(await File.ReadAllBytesAsync(folder["w"], Ct));
        var exported = SnarkJson.ReadKey(Encoding.UTF8.GetBytes(made[4].GetRawText())).Key;
        Assert.Equal(KeyDefect.None, VerifyingKey.TryCreate(key.Points.Verifying, out var verifying));
        Assert.Equal(exported.Hash, verifying!.Hash);
        var proof = SnarkJson.ReadProof(made[5].Part("proof"));
        var signals = SnarkJson.ReadSignals(made[5].Part("publicSignals"));
        Assert.Equal(Verdict.Accepted, Verifier.Verify(exported, proof, signals));
        signals[3] += Fr.One;
        Assert.Equal(Verdict.EquationFails, Verifier.Verify(exported, proof, signals));

        ZkPeer.Write(folder, key, new Prover(key.Points).Prove(witness), witness);
        Assert.True((await ZkPeer.AskAsync(ZkPeer.Verify(folder)))[0].GetBoolean());
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;
}
