using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Curves.Msm;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Bench.Zk;

/// <summary>What proofs are made of: products, sums of multiples and transforms, by both arithmetic paths.</summary>
static class KernelBench
{
    const int Points = 1 << 14;

    public static void Run(Race race)
    {
        Products(race);
        Sums(race);
    }

    static void Products(Race race)
    {
        const int times = 10_000;
        var (a, b) = (Fq.Random(), Fq.Random());
        var runners = new List<Runner> { new($"{times} one after another", () => Repeat(ref a, b, times)) };
        if (ArithmeticPaths.HasLanes)
        {
            var (wide, twin) = (Fq8.Of(a), new Twin<Fq8>(Fq8.Of(a), Fq8.Of(a)));
            var (factor, factors) = (Fq8.Of(b), new Twin<Fq8>(Fq8.Of(b), Fq8.Of(b)));
            runners.Add(new($"{times} of eight, one after another", () => Repeat(ref wide, factor, times)));
            runners.Add(new($"{times} of twice eight", () => Repeat(ref twin, factors, times)));
        }

        race.Run("products", null, [.. runners]);
    }

    static void Repeat<T>(ref T value, in T factor, int times)
        where T : unmanaged, IField<T>
    {
        for (var i = 0; i < times; i++)
        {
            value *= factor;
        }
    }

    static void Sums(Race race)
    {
        var logs = Enumerable.Range(0, Points).Select(_ => Fr.Random()).ToArray();
        var numbers = PointSets.Numbers(logs);
        var points = new WindowTable<Fq, G1<Fq>>(G1.Generator).Multiples(logs);
        var runners = new List<Runner>();
        foreach (var (arithmetic, tables) in ZkBench.Paths)
        {
            var set = PointSets.OfG1(points, arithmetic, tables);
            runners.Add(new(ZkBench.Name(arithmetic, tables), () => PointSets.Sum(set, numbers)));
        }

        race.Run($"sum of {Points} multiples", null, [.. runners]);
        race.Run(
            $"{Points} values to the odd coset", null,
            new Runner("Best", () => Domain.OfSize(Points).ToOddCoset(logs)),
            new Runner("Scalar", () => Domain.OfSize(Points).ToOddCoset(logs, Arithmetic.Scalar)));
    }
}
