using System.Diagnostics;
using System.Globalization;
using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Groth16;
using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Bench.Zk;

/// <summary>
/// Proofs, their verification and hashes by both arithmetic paths, and by snarkjs and circomlibjs in the same run: the
/// same statement and input, from circom -O2. `--rounds N` says how often, `--kernels` measures what proofs are made
/// of as well.
/// </summary>
static class ZkBench
{
    /// <summary>Proofs of snarkjs take a second or two each.</summary>
    const int PeerProofsMax = 5;

    const int WarmUpMs = 500;

    public static (Arithmetic Arithmetic, bool Tables)[] Paths =>
        [(Arithmetic.Best, true), (Arithmetic.Best, false), (Arithmetic.Scalar, false)];

    public static async Task<int> RunAsync(string[] args)
    {
        var at = Array.IndexOf(args, "--rounds");
        var rounds = at < 0 ? 15 : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
        Console.WriteLine(
            $"./poa bench zk {string.Join(' ', args)}: {Environment.ProcessorCount} cores, AVX-512 "
            + $"{ArithmeticPaths.HasLanes}, {Environment.Version}, rounds {rounds}; min and median in ms");
        if (!ZkPeer.IsInstalled) Console.WriteLine("  no peers: `npm ci` in tests/interop");
        if (args.Contains("--kernels")) KernelBench.Run(rounds);
        await HashAsync(rounds);
        await ProveAsync(new ReputationRange(), Samples.Range(), rounds);
        await ProveAsync(new Inclusion(), Samples.Inclusion(), rounds);
        Console.WriteLine($"peak memory of this process: {PeakMb():F0} MB; load {Load()}");
        return 0;
    }

    /// <summary>On one core both.</summary>
    static async Task HashAsync(int rounds)
    {
        const int times = 512;
        Console.WriteLine($"Poseidon of two elements, one core; load {Load()}");
        var inputs = Enumerable.Range(0, 2 * times).Select(_ => Fr.Random()).ToArray();
        var hashes = new Fr[times];
        var peer = ZkPeer.IsInstalled ? await ZkPeer.HashAsync() : null;
        Print("circomlibjs, one hash", peer);
        Compare(peer, Measure($"{times}, one after another", rounds, Chain), times);
        foreach (var arithmetic in new[] { Arithmetic.Best, Arithmetic.Scalar })
        {
            var own = Measure(
                $"{times} at once, {arithmetic}", rounds,
                () => PoseidonHash.HashMany(inputs, hashes, arithmetic: arithmetic));
            Compare(peer, own, times);
        }

        void Chain()
        {
            for (var i = 0; i < times; i++)
            {
                hashes[0] = PoseidonHash.Hash(hashes[0], inputs[i]);
            }
        }
    }

    static async Task ProveAsync<TInput>(Circuit<TInput> circuit, TInput input, int rounds)
    {
        var started = Stopwatch.GetTimestamp();
        var points = Setup.MakeInsecure(circuit.Shape);
        Console.WriteLine(
            $"{circuit.Name}: {circuit.Shape.RowCount} rows, {points.Coefficients.Length} coefficients, domain "
            + $"{points.DomainSize}, setup {Since(started):F0} ms, load {Load()}");
        PeerProofs? peer = null;
        if (ZkPeer.IsInstalled)
        {
            peer = await ZkPeer.ProveAsync(circuit.Name, input, Math.Min(rounds, PeerProofsMax));
            Console.WriteLine(
                $"  circom -O2: {peer.Key.Points.Coefficients.Length} coefficients, domain "
                + $"{peer.Key.Points.DomainSize}; snarkjs' first proof {peer.Cold:F0} ms, peak {peer.PeakMb:F0} MB");
            Print("snarkjs, witness", peer.Calculate);
            Print("snarkjs, prove", peer.Prove);
            Print("snarkjs, verify", peer.Verify);
        }

        Compare(peer?.Calculate, Measure("witness", rounds, () => circuit.Assign(input)));
        var witness = circuit.Assign(input).Witness!;
        var proof = Proofs(points, witness, rounds, peer?.Prove);
        if (peer is not null)
        {
            var prover = new Prover(peer.Key.Points, tables: true);
            var own = Measure("prove with circom's key and witness", rounds, () => prover.Prove(peer.Witness));
            Compare(peer.Prove, own);
        }

        VerifyingKey.TryCreate(points.Verifying, out var key);
        Verifications(key!, proof, witness[1..(key!.PublicCount + 1)], rounds, peer?.Verify);
    }

    static Proof Proofs(ProvingKeyPoints points, Fr[] witness, int rounds, Spent? peer)
    {
        Proof proof = default;
        foreach (var (arithmetic, tables) in Paths)
        {
            var started = Stopwatch.GetTimestamp();
            var prover = new Prover(points, arithmetic, tables);
            var made = Since(started);
            started = Stopwatch.GetTimestamp();
            prover.Prove(witness);
            Console.WriteLine($"  prover made in {made:F0} ms, first proof {Since(started):F1} ms");
            Compare(peer, Measure($"prove, {Name(arithmetic, tables)}", rounds, () => proof = prover.Prove(witness)));
        }

        return proof;
    }

    static void Verifications(VerifyingKey key, Proof proof, Fr[] signals, int rounds, Spent? peer)
    {
        foreach (var arithmetic in new[] { Arithmetic.Best, Arithmetic.Scalar })
        {
            Compare(peer, Measure($"verify, {arithmetic}", 20 * rounds, () =>
            {
                var verdict = Verifier.Verify(key, proof, signals, arithmetic);
                if (verdict != Verdict.Accepted) throw new InvalidOperationException($"{verdict}");
            }));
            foreach (var count in new[] { 8, 64 })
            {
                var proofs = Enumerable.Repeat(proof, count).ToArray();
                var all = Enumerable.Repeat(signals, count).SelectMany(own => own).ToArray();
                var own = Measure(
                    $"batch of {count}, {arithmetic}", rounds,
                    () => BatchVerifier.Verify(key, proofs, all, arithmetic));
                Console.WriteLine($"    {own.Min / count:F3} ms a proof, median {own.Median / count:F3} ms");
            }
        }
    }

    public static string Name(Arithmetic arithmetic, bool tables) =>
        tables ? $"{arithmetic} with tables" : $"{arithmetic}";

    /// <summary>After half a second that warms up: the runtime compiles anew what ran often.</summary>
    public static Spent Measure(string what, int rounds, Action run)
    {
        var warm = Stopwatch.GetTimestamp();
        do run();
        while (Since(warm) < WarmUpMs);

        var times = new double[rounds];
        for (var i = 0; i < rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            times[i] = Since(start);
        }

        Array.Sort(times);
        Spent spent = new(times[0], times[rounds / 2]);
        Print(what, spent);
        return spent;
    }

    static void Print(string what, Spent? spent)
    {
        if (spent is not null) Console.WriteLine($"  {what}: min {spent.Min:F3} ms, median {spent.Median:F3} ms");
    }

    static void Compare(Spent? peer, Spent own, int times = 1)
    {
        if (peer is null) return;

        Console.WriteLine(
            $"    {times * peer.Min / own.Min:F1} × by the least times, "
            + $"{times * peer.Median / own.Median:F1} × by the medians");
    }

    static double Since(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;

    static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    static double PeakMb() => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
