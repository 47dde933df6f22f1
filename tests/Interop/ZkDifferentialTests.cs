using PoA.Nostr.Tests.Support;
using PoA.Nostr.Tests.Zk;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Tests.Interop;

/// <summary>Verdicts and proofs of ours and of snarkjs, by the hundred.</summary>
[Suite("interop")]
public class ZkDifferentialTests(ITestOutputHelper output)
{
    const int Times = 500;

    [Fact(Explicit = true)]
    public async Task A_thousand_verdicts_agree()
    {
        using var folder = new TemporaryFolder();
        var lottery = new Lottery(20_261_121);
        var questions = new List<object>();
        var ours = new List<bool>();
        var (system, _) = SmallCircuits.Cube(3);
        var key = DevelopmentKey.Make(system);
        VerifyingKey.TryCreate(key.Points.Verifying, out var verifying);
        var prover = new Prover(key.Points);
        await File.WriteAllBytesAsync(folder["vk.json"], SnarkJson.Write(verifying!, development: true), Ct);
        await File.WriteAllBytesAsync(folder["key.zkey"], ZkeyFile.Write(key), Ct);
        for (var i = 0; i < Times; i++)
        {
            var witness = SmallCircuits.Cube((ulong)lottery.Below(int.MaxValue)).Witness;
            var (proof, signals) = (prover.Prove(witness), witness[1..2]);
            switch (lottery.Below(4))
            {
                case 0: signals[0] = lottery.Number(); break;
                case 1: proof = proof with { C = proof.A }; break;
                default: break;
            }

            ours.Add(Verifier.Verify(verifying!, proof, signals) == Verdict.Accepted);
            await File.WriteAllBytesAsync(folder[$"{i}proof.json"], SnarkJson.Write(proof), Ct);
            await File.WriteAllBytesAsync(folder[$"{i}public.json"], SnarkJson.WriteSignals(signals), Ct);
            await File.WriteAllBytesAsync(folder[$"{i}.wtns"], WtnsFile.Write(witness), Ct);
            questions.Add(ZkPeer.Verify(folder, $"{i}", "vk.json"));
            questions.Add(new { op = "prove", zkey = folder["key.zkey"], wtns = folder[$"{i}.wtns"] });
        }

        var answers = await ZkPeer.AskAsync([.. questions]);
        var accepted = 0;
        for (var i = 0; i < Times; i++)
        {
            Assert.Equal(ours[i], answers[2 * i].GetBoolean());
            var proof = SnarkJson.ReadProof(answers[(2 * i) + 1].Part("proof"));
            var signals = SnarkJson.ReadSignals(answers[(2 * i) + 1].Part("publicSignals"));
            Assert.Equal(Verdict.Accepted, Verifier.Verify(verifying!, proof, signals));
            accepted += ours[i] ? 1 : 0;
        }

        output.WriteLine($"{Times} proofs of ours, {accepted} of them true, {Times} of snarkjs: all verdicts agree");
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;
}
