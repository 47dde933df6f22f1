using System.Diagnostics;
using System.Globalization;
using System.Text;
using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;
using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Bench.Zk;

/// <summary>
/// Proofs, their verification and hashes by both arithmetic paths, in turns with snarkjs and circomlibjs: the same
/// statement and input, from circom -O2. `--rounds N` says how often, `--kernels` measures what proofs are made of as
/// well, `--all` takes all circuits, `--only NAME` one (or `hash`).
/// </summary>
static class ZkBench
{
    const int Hashes = 512;

    /// <summary>One of 2^10 rows and one of 2^14.</summary>
    static readonly IEnumerable<string> Usual = ["reputation-range", "inclusion"];

    public static (Arithmetic Arithmetic, bool Tables)[] Paths =>
        [(Arithmetic.Best, true), (Arithmetic.Best, false), (Arithmetic.Scalar, false)];

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--cold", var key, var witness]) return Cold(key, witness);

        var rounds = int.Parse(Option(args, "--rounds") ?? "9", CultureInfo.InvariantCulture);
        var only = Option(args, "--only");
        var race = new Race(rounds);
        Console.WriteLine(
            $"./poa bench zk {string.Join(' ', args)}: {Environment.ProcessorCount} cores, AVX-512 "
            + $"{ArithmeticPaths.HasLanes}, {Environment.Version}, rounds {rounds}");
        if (!ZkPeer.IsInstalled) Console.WriteLine("  no peers: `npm ci` in tests/interop");
        if (args.Contains("--kernels")) KernelBench.Run(race);
        if (only is null or "hash") Hash(race);
        var circuits = args.Contains("--all") || only is not null ? Circuit.All.Keys : Usual;
        foreach (var name in circuits.Where(name => only is null || name == only))
        {
            await ProveAsync(race, Circuit.All[name]);
        }

        Console.WriteLine($"peak memory of this process {Race.PeakMb:F0} MB; load {Race.Load}");
        return 0;
    }

    public static string Name(Arithmetic arithmetic, bool tables) =>
        tables ? $"{arithmetic} with tables" : $"{arithmetic}";

    static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : null;

    /// <summary>On one core both.</summary>
    static void Hash(Race race)
    {
        var inputs = Enumerable.Range(0, 2 * Hashes).Select(_ => Fr.Random()).ToArray();
        var hashes = new Fr[Hashes];
        using var peer = ZkPeer.IsInstalled ? ZkPeer.ForHashes() : null;
        race.Run(
            "Poseidon of two elements, one core", Of(peer, "circomlibjs", "hash512", Hashes),
            new Runner("at once, Best", () => PoseidonHash.HashMany(inputs, hashes), Hashes),
            new Runner(
                "at once, Scalar", () => PoseidonHash.HashMany(inputs, hashes, arithmetic: Arithmetic.Scalar), Hashes),
            new Runner("one after another", Chain, Hashes));

        void Chain()
        {
            for (var i = 0; i < Hashes; i++)
            {
                hashes[0] = PoseidonHash.Hash(hashes[0], inputs[i]);
            }
        }
    }

    static async Task ProveAsync(Race race, Circuit circuit)
    {
        var started = Stopwatch.GetTimestamp();
        var key = DevelopmentKey.Make(circuit.Shape);
        var points = key.Points;
        Console.WriteLine(
            $"{circuit.Name}: {circuit.Shape.RowCount} rows, {points.Coefficients.Length} coefficients, domain "
            + $"{points.DomainSize}, setup {Race.Since(started):F0} ms");
        var input = Encoding.UTF8.GetBytes(Samples.Json(circuit.Name).ToJsonString());
        var witness = circuit.Assign(input).Witness!;
        await RunColdAsync(key, witness);
        var (peer, peerKey, peerWitness) = ZkPeer.IsInstalled
            ? await ZkPeer.ForProofsAsync(circuit.Name)
            : default((ZkPeer, CeremonyKey, Fr[])?) ?? default;
        using (peer)
        {
            if (peer is not null) Greet(peer);
            race.Run(
                "witness", Of(peer, "snarkjs", "calculate"), new Runner("witness", () => circuit.Assign(input)));
            var proof = Prove(race, peer, points, witness, peerKey, peerWitness);
            VerifyingKey.TryCreate(points.Verifying, out var verifying);
            Verify(race, peer, verifying!, proof, witness[1..(verifying!.PublicCount + 1)]);
            if (peer is not null) Console.WriteLine($"  peak memory of snarkjs {peer.Do("peak").Peak:F0} MB");
        }
    }

    static void Greet(ZkPeer peer)
    {
        peer.Do("export");
        var (proof, verification) = (peer.Do("prove").Ms, peer.Do("verify").Ms);
        Console.WriteLine($"  snarkjs, cold: first proof {proof:F0} ms, first verification {verification:F1} ms");
    }

    static Proof Prove(
        Race race, ZkPeer? peer, ProvingKeyPoints points, Fr[] witness, CeremonyKey? peerKey, Fr[]? peerWitness)
    {
        Proof proof = default;
        var runners = new List<Runner>();
        foreach (var (arithmetic, tables) in Paths)
        {
            var prover = new Prover(points, arithmetic, tables);
            runners.Add(new(Name(arithmetic, tables), () => proof = prover.Prove(witness)));
        }

        if (peerKey is not null)
        {
            var prover = new Prover(peerKey.Points, tables: true);
            runners.Add(new("circom's key and witness, tables", () => prover.Prove(peerWitness)));
        }

        race.Run("prove", Of(peer, "snarkjs", "prove"), [.. runners]);
        return proof;
    }

    static void Verify(Race race, ZkPeer? peer, VerifyingKey key, Proof proof, Fr[] signals)
    {
        var runners = new List<Runner>();
        foreach (var arithmetic in new[] { Arithmetic.Best, Arithmetic.Scalar })
        {
            runners.Add(new($"{arithmetic}", () => Demand(Verifier.Verify(key, proof, signals, arithmetic))));
            foreach (var count in new[] { 8, 64 })
            {
                var proofs = Enumerable.Repeat(proof, count).ToArray();
                var all = Enumerable.Repeat(signals, count).SelectMany(own => own).ToArray();
                runners.Add(new(
                    $"{arithmetic}, batch of {count}, a proof",
                    () => Demand(BatchVerifier.Verify(key, proofs, all, arithmetic)[^1]), count));
            }
        }

        race.Run("verify", Of(peer, "snarkjs", "verify"), [.. runners]);
    }

    static void Demand(Verdict verdict)
    {
        if (verdict != Verdict.Accepted) throw new InvalidOperationException($"{verdict}");
    }

    static (string Name, Func<PeerTime> Do, int Times)? Of(
        ZkPeer? peer, string name, string operation, int times = 1) =>
        peer is null ? null : (name, () => peer.Do(operation), times);

    /// <summary>The first proof and verification of a process that has done nothing but read its key.</summary>
    static async Task RunColdAsync(CeremonyKey key, Fr[] witness)
    {
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        var (keyFile, witnessFile) = (Path.Combine(folder, "key.zkey"), Path.Combine(folder, "witness.wtns"));
        await File.WriteAllBytesAsync(keyFile, ZkeyFile.Write(key));
        await File.WriteAllBytesAsync(witnessFile, WtnsFile.Write(witness));
        var own = Environment.ProcessPath!;
        string[] program = Path.GetFileName(own) == "dotnet" ? [typeof(ZkBench).Assembly.Location] : [];
        using var process = Process.Start(own, [.. program, "zk", "--cold", keyFile, witnessFile]);
        await process.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
    }

    static int Cold(string keyFile, string witnessFile)
    {
        var witness = WtnsFile.Read(File.ReadAllBytes(witnessFile));
        var started = Stopwatch.GetTimestamp();
        var points = ZkeyFile.Read(File.ReadAllBytes(keyFile)).Points;
        var read = Race.Since(started);
        started = Stopwatch.GetTimestamp();
        var prover = new Prover(points);
        var made = Race.Since(started);
        started = Stopwatch.GetTimestamp();
        var proof = prover.Prove(witness);
        var proved = Race.Since(started);
        started = Stopwatch.GetTimestamp();
        VerifyingKey.TryCreate(points.Verifying, out var key);
        var checkedKey = Race.Since(started);
        var signals = witness.AsSpan(1, key!.PublicCount);
        started = Stopwatch.GetTimestamp();
        Demand(Verifier.Verify(key, proof, signals, Arithmetic.Scalar));
        var scalar = Race.Since(started);
        started = Stopwatch.GetTimestamp();
        Demand(Verifier.Verify(key, proof, signals));
        Console.WriteLine(
            $"  ours, cold: key read in {read:F0} ms, prover made in {made:F0} ms, first proof {proved:F0} ms, "
            + $"verifying key made in {checkedKey:F0} ms, first verification {scalar:F1} ms as the command does it, "
            + $"{Race.Since(started):F1} ms in lanes; peak memory {Race.PeakMb:F0} MB");
        return 0;
    }
}
