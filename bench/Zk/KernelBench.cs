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
        var first = new WindowTable<Fq, G1<Fq>>(G1.Generator).Multiples(logs);
        foreach (var count in new[] { 1 << 10, 1 << 13, Points })
        {
            Sum(race, "G1", logs[..count], way => PointSets.OfG1(first.AsSpan(..count), way.Arithmetic, way.Tables));
        }

        var second = new WindowTable<Fq2, G2<Fq>>(G2.Generator).Multiples(logs[..(Points / 2)]);
        Sum(race, "G2", logs[..second.Length], way => PointSets.OfG2(second, way.Arithmetic, way.Tables));
        race.Run(
            $"{Points} values to the odd coset", null,
            new Runner("Best", () => Domain.OfSize(Points).ToOddCoset(logs)),
            new Runner("Scalar", () => Domain.OfSize(Points).ToOddCoset(logs, Arithmetic.Scalar)));
    }

    static void Sum<S, TCurve>(
        Race race, string group, Fr[] scalars, Func<(Arithmetic Arithmetic, bool Tables), PointSet<S, TCurve>> setOf)
        where S : unmanaged, IScalarField<S>
        where TCurve : struct, ICurve<S>
    {
        var numbers = PointSets.Numbers(scalars);
        race.Run($"sum of {numbers.Length} multiples in {group}", null, [.. ZkBench.Paths.Select(way =>
        {
            var set = setOf(way);
            return new Runner(ZkBench.Name(way.Arithmetic, way.Tables), () => PointSets.Sum(set, numbers));
        })]);
    }
}
