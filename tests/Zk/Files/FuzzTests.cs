using System.Text;
using PoA.Nostr.Tests.Zk.Ceremony;
using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Eddsa;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;
using PoA.Nostr.Zk.Merkle;

namespace PoA.Nostr.Tests.Zk.Files;

/// <summary>
/// Every decoder against mutations of an honest file: it reads, or it refuses in one sentence, and never takes much
/// more memory than the file has.
/// </summary>
public class FuzzTests(ITestOutputHelper output)
{
    const int Times = 300;

    /// <summary>
    /// Hundreds of times the file: lists of small things, decoded, and a few hundred kilobytes of its own.
    /// </summary>
    const long BytesEach = 400;
    const long BytesOnce = 1 << 20;

    public static TheoryData<string> Decoders => [.. All.Keys];

    static Dictionary<string, (byte[] Honest, Func<byte[], bool> Read)> All { get; } = Make();

    static Dictionary<string, (byte[] Honest, Func<byte[], bool> Read)> Make()
    {
        var (system, witness) = SmallCircuits.Cube(3);
        var ptau = TestPtau.Write(4);
        var key = Phase2.Contribute(InitialKey.Make(system, TestPtau.Open(ptau)), "ours");
        VerifyingKey.TryCreate(key.Points.Verifying, out var verifying);
        var proof = new Prover(key.Points).Prove(witness);
        var frontier = new Frontier();
        frontier.Append([Fr.One, Fr.Two, Fr.One]);
        using var signer = new EddsaKey("a seed"u8);
        return new()
        {
            ["r1cs"] = (R1csFile.Write(Circuit.All["tier"].Shape), bytes => Reads(() => R1csFile.Read(bytes))),
            ["wtns"] = (WtnsFile.Write(witness), bytes => Reads(() => WtnsFile.Read(bytes))),
            ["zkey"] = (ZkeyFile.Write(key), bytes => Reads(() => ZkeyFile.Read(bytes))),
            ["ptau"] = (ptau, bytes => Reads(() => InitialKey.Make(system, TestPtau.Open(bytes)))),
            ["proof.json"] = (SnarkJson.Write(proof), bytes => Reads(() => SnarkJson.ReadProof(bytes))),
            ["public.json"] = (
                SnarkJson.WriteSignals(witness), bytes => Reads(() => SnarkJson.ReadSignals(bytes))),
            ["verification_key.json"] = (
                SnarkJson.Write(verifying!, development: true), bytes => Reads(() => SnarkJson.ReadKey(bytes))),
            ["proof"] = (proof.ToBytes(), bytes => Proof.TryRead(bytes, out _)),
            ["frontier"] = (frontier.ToBytes(), bytes => Frontier.TryRead(bytes, out _)),
            ["signature"] = (signer.Sign(Fr.Two).ToBytes(), bytes => EddsaSignature.TryRead(bytes, out _)),
        };
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void A_decoder_reads_a_mutation_or_refuses_it_in_a_sentence(string name)
    {
        var (honest, read) = All[name];
        Assert.True(read(honest));
        var random = new Lottery((uint)name.Length + 20_261_121);
        var refused = 0;
        for (var i = 0; i < Times; i++)
        {
            var mutated = random.Mutate(honest);
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (!read(mutated)) refused++;
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken < (BytesEach * honest.Length) + BytesOnce, $"{name}, mutation {i}: {taken} bytes");
        }

        output.WriteLine($"{name}: {refused} of {Times} refused");
        Assert.InRange(refused, 1, Times);
    }

    [Theory]
    [InlineData("reputation-range")]
    [InlineData("inclusion")]
    [InlineData("disclosure")]
    [InlineData("disclosure-signed")]
    [InlineData("tier")]
    public void An_input_is_taken_or_refused_in_a_sentence(string name)
    {
        var circuit = Circuit.All[name];
        var original = Encoding.UTF8.GetBytes(Samples.Json(name).ToJsonString());
        Assert.NotNull(circuit.Assign(original).Witness);
        var random = new Lottery((uint)name.Length);
        for (var i = 0; i < Times / 3; i++)
        {
            var (witness, refusal) = circuit.Assign(random.Mutate(original));
            Assert.True(witness is not null || refusal!.EndsWith('.'), refusal);
        }
    }

    static bool Reads(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (ZkFileException e)
        {
            Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
            return false;
        }
    }
}
