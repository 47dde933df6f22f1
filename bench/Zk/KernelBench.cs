using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Curves.Msm;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Bench.Zk;

/// <summary>What proofs are made of: products, sums of multiples and transforms, by both arithmetic paths.</summary>
static class KernelBench
{
    const int Points = 1 << 14;

    public static void Run(int rounds)
    {
        Products(rounds);
        Sums(rounds);
    }

    static void Products(int rounds)
    {
        const int times = 10_000;
        var (a, b) = (Fq.Random(), Fq.Random());
        ZkBench.Measure($"{times} products, one after another", rounds, () => Repeat(ref a, b, times));
        if (!ArithmeticPaths.HasLanes) return;

        var (wide, factor) = (Fq8.Of(a), Fq8.Of(b));
        ZkBench.Measure(
            $"{times} products of eight, one after another", rounds, () => Repeat(ref wide, factor, times));
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
        foreach (var (arithmetic, tables) in ZkBench.Paths)
        {
            var set = PointSets.OfG1(points, arithmetic, tables);
            ZkBench.Measure($"sum of {Points} multiples, {ZkBench.Name(arithmetic, tables)}", rounds, () =>
            {
                var work = set.Begin(numbers);
                PointSets.RunBlocks(work);
                work.Finish();
            });
        }

        foreach (var arithmetic in new[] { Arithmetic.Best, Arithmetic.Scalar })
        {
            ZkBench.Measure(
                $"{Points} values to the odd coset, {arithmetic}", rounds,
                () => Domain.OfSize(Points).ToOddCoset(logs, arithmetic));
        }
    }
}
