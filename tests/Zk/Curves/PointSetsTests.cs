using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Curves.Msm;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Tests.Zk.Curves;

/// <summary>Sums of multiples, by both paths, with and without tables, against one multiple after another.</summary>
public class PointSetsTests
{
    public static TheoryData<Arithmetic, bool> Paths => new()
    {
        { Arithmetic.Best, false }, { Arithmetic.Best, true },
        { Arithmetic.Scalar, false }, { Arithmetic.Scalar, true },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void Sums_are_those_of_one_multiple_after_another(Arithmetic arithmetic, bool tables)
    {
        foreach (var count in new[] { 1, 7, 8, 9, 200 })
        {
            var logs = Enumerable.Range(0, count).Select(_ => Fr.Random()).ToArray();
            var scalars = Enumerable.Range(0, count).Select(_ => Fr.Random()).ToArray();
            Check(logs, scalars, arithmetic, tables);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Equal_opposite_and_infinite_points_are_nothing_special(Arithmetic arithmetic, bool tables)
    {
        const int count = 72;
        var random = Enumerable.Range(0, count).Select(_ => Fr.Random()).ToArray();
        var same = Enumerable.Repeat(Fr.FromUInt64(77), count).ToArray();
        Fr[] opposite = [.. same.Select((log, i) => i % 2 == 0 ? log : -log)];
        Fr[] sprinkled =
        [
            .. random.Select((log, i) => (i % 5) switch { 0 => Fr.Zero, 1 => same[0], 2 => -same[0], _ => log }),
        ];
        Fr[] progression = [.. Enumerable.Range(1, count).Select(i => Fr.FromUInt64((ulong)i))];
        Fr[] edges = [.. random.Select((k, i) => (i % 4) switch { 0 => Fr.Zero, 1 => Fr.One, 2 => -Fr.One, _ => k })];
        foreach (var logs in new[] { same, opposite, sprinkled, progression, new Fr[count] })
        {
            foreach (var scalars in new[] { random, same, edges })
            {
                Check(logs, scalars, arithmetic, tables);
            }
        }
    }

    [Fact]
    public void Sums_of_no_points_are_infinity()
    {
        Assert.True(PointSets.Sum(ReadOnlySpan<G1Affine>.Empty, []).IsInfinity);
        Assert.Throws<ArgumentOutOfRangeException>(() => PointSets.Sum(new[] { G1.Generator }, []));
    }

    static void Check(Fr[] logs, Fr[] scalars, Arithmetic arithmetic, bool tables)
    {
        var log = Fr.Zero;
        for (var i = 0; i < logs.Length; i++)
        {
            log += logs[i] * scalars[i];
        }

        var numbers = PointSets.Numbers(scalars);
        var first = PointSets.OfG1(Multiples1.Multiples(logs), arithmetic, tables);
        Assert.Equal(G1.Generator * log, PointSets.Sum(first, numbers).ToAffine());
        Assert.Equal(G1.Generator * log, PointSets.Sum(first, numbers).ToAffine());

        var second = PointSets.OfG2(Multiples2.Multiples(logs), arithmetic, tables);
        Assert.Equal(G2.Generator * log, PointSets.Sum(second, numbers).ToAffine());
    }

    static readonly WindowTable<Fq, G1<Fq>> Multiples1 = new(G1.Generator);
    static readonly WindowTable<Fq2, G2<Fq>> Multiples2 = new(G2.Generator);
}
