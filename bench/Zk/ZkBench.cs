using System.Diagnostics;
using System.Globalization;
using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Curves.Msm;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Bench.Zk;

/// <summary>
/// Field operations, sums of multiples, transforms, proofs and their verification by both arithmetic paths, and
/// snarkjs' verification of the same proofs in the same run.
/// </summary>
static class ZkBench
{
    const int Points = 1 << 14;

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = args is ["--rounds", var n] ? int.Parse(n, CultureInfo.InvariantCulture) : 15;
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        Console.WriteLine(
            $"zk: {Environment.ProcessorCount} cores, lanes {ArithmeticPaths.HasLanes}, rounds {rounds}, load {load}");
        Fields(rounds);
        Sums(rounds);
        await ProveAsync(new ReputationRange(), Samples.Range(), rounds);
        await ProveAsync(new Inclusion(), Samples.Inclusion(), rounds);
        return 0;
    }

    static void Fields(int rounds)
    {
        const int times = 10_000;
        var (a, b) = (Fq.Random(), Fq.Random());
        Measure($"{times} products, one after another", rounds, () => Repeat(ref a, b, times));
        if (!ArithmeticPaths.HasLanes) return;

        var (wide, factor) = (Fq8.Of(a), Fq8.Of(b));
        Measure($"{times} products of eight, one after another", rounds, () => Repeat(ref wide, factor, times));
    }

    static void Repeat<T>(ref T value, in T factor, int times)
        where T : unmanaged, IField<T>
    {
        for (var i = 0; i < times; i++)
        {
            value *= factor;
        }
    }

    static void Sums(int rounds)
    {
        var logs = Enumerable.Range(0, Points).Select(_ => Fr.Random()).ToArray();
        var numbers = PointSets.Numbers(logs);
        var points = new WindowTable<Fq, G1<Fq>>(G1.Generator).Multiples(logs);
        foreach (var (arithmetic, tables) in Paths)
        {
            var set = PointSets.OfG1(points, arithmetic, tables);
            Measure($"sum of {Points} multiples, {Name(arithmetic, tables)}", rounds, () =>
            {
                var work = set.Begin(numbers);
                PointSets.RunBlocks(work);
                work.Finish();
            });
        }

        foreach (var arithmetic in new[] { Arithmetic.Best, Arithmetic.Scalar })
        {
            Measure(
                $"{Points} values to the odd coset, {arithmetic}", rounds,
                () => Domain.OfSize(Points).ToOddCoset(logs, arithmetic));
        }
    }

    static async Task ProveAsync<TInput>(Circuit<TInput> circuit, TInput input, int rounds)
    {
        var witness = circuit.Assign(input).Witness!;
        var started = Stopwatch.GetTimestamp();
        var points = Setup.MakeInsecure(circuit.Shape);
        Console.WriteLine($"{circuit.Name}: setup {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        VerifyingKey.TryCreate(points.Verifying, out var key);
        var signals = witness[1..(key!.PublicCount + 1)];
        Proof proof = default;
        foreach (var (arithmetic, tables) in Paths)
        {
            started = Stopwatch.GetTimestamp();
            var prover = new Prover(points, arithmetic, tables);
            Console.WriteLine($"  prover made in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
            Measure($"{circuit.Name}: prove, {Name(arithmetic, tables)}", rounds, () => proof = prover.Prove(witness));
        }

        var peer = await SnarkjsPeer.VerifyAsync(key, proof, signals);
        foreach (var arithmetic in new[] { Arithmetic.Best, Arithmetic.Scalar })
        {
            var own = Measure($"{circuit.Name}: verify, {arithmetic}", 20 * rounds, () => Check(key, proof, signals));
            if (peer is { } theirs) Console.WriteLine($"    snarkjs {theirs:F2} ms: {theirs / own:F1} ×");

            void Check(VerifyingKey key, in Proof proof, Fr[] signals)
            {
                var verdict = Verifier.Verify(key, proof, signals, arithmetic);
                if (verdict != Verdict.Accepted) throw new InvalidOperationException($"{verdict}");
            }

            foreach (var count in new[] { 1, 8, 64 })
            {
                var proofs = Enumerable.Repeat(proof, count).ToArray();
                var all = Enumerable.Repeat(signals, count).SelectMany(own => own).ToArray();
                Measure(
                    $"{circuit.Name}: batch of {count}, {arithmetic}", rounds,
                    () => BatchVerifier.Verify(key, proofs, all, arithmetic));
            }
        }
    }

    static (Arithmetic Arithmetic, bool Tables)[] Paths =>
        [(Arithmetic.Best, true), (Arithmetic.Best, false), (Arithmetic.Scalar, false)];

    static string Name(Arithmetic arithmetic, bool tables) => tables ? $"{arithmetic} with tables" : $"{arithmetic}";

    /// <summary>The least of the rounds in milliseconds, after one that warms up.</summary>
    static double Measure(string what, int rounds, Action run)
    {
        run();
        var times = new double[rounds];
        for (var i = 0; i < rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        Console.WriteLine($"  {what}: min {times[0]:F3} ms, median {times[rounds / 2]:F3} ms");
        return times[0];
    }
}
