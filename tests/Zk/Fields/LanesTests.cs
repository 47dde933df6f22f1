using System.Numerics;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Tests.Zk.Fields;

/// <summary>The two arithmetic paths against each other. A machine without AVX-512 has one path only.</summary>
public class LanesTests
{
    [Fact]
    public void Eight_scalars_side_by_side_compute_what_one_does() => Agree<ScalarModulus>();

    [Fact]
    public void Eight_coordinates_side_by_side_compute_what_one_does() => Agree<BaseModulus>();

    static void Agree<TModulus>()
        where TModulus : struct, IModulus
    {
        if (!ArithmeticPaths.HasLanes) return;

        var numbers = FeTests.Numbers(Fe<TModulus>.Modulus).Select(Fe<TModulus>.FromBigInteger).ToArray();
        for (var i = 0; i < numbers.Length; i++)
        {
            for (var step = 0; step < numbers.Length; step++)
            {
                var a = Enumerable.Range(i, 8).Select(k => numbers[k % numbers.Length]).ToArray();
                var b = Enumerable.Range(0, 8).Select(k => numbers[(i + (k * step)) % numbers.Length]).ToArray();
                var (x, y) = (Lanes<TModulus>.Load(a), Lanes<TModulus>.Load(b));
                Same((u, _) => u, x, a, b);
                Same((u, v) => u + v, x + y, a, b);
                Same((u, v) => u - v, x - y, a, b);
                Same((u, v) => u * v, x * y, a, b);
                Same((u, v) => (u * v) + (v * v), Lanes<TModulus>.MultiplyAdd(x, y, y, y), a, b);
                Same((u, v) => (u * u) + (u * v) + (v * u), Lanes<TModulus>.Dot([x, x, y], [x, y, x]), a, b);

                var (low, other) = (x + Lanes<TModulus>.Zero, y + Lanes<TModulus>.Zero);
                Same((u, v) => (Fe<TModulus>.FromUInt64(9) * u) + v, Lanes<TModulus>.NinePlus(low, other), a, b);
                Same((u, v) => (Fe<TModulus>.FromUInt64(9) * u) - v, Lanes<TModulus>.NineMinus(low, other), a, b);

                // The largest operands that an operator may leave behind.
                var far = -(x - y - y);
                Same((u, v) => (v + v - u) * (v + v - u), far * far, a, b);
                Same((u, v) => v + v - u - u, far - x, a, b);
            }
        }

        var all = Lanes<TModulus>.Load(numbers);
        Same((u, _) => u.Invert(), all.Invert(), numbers, numbers);
        Same((u, v) => numbers[9], Lanes<TModulus>.Of(numbers[9]), numbers, numbers);
        Same((u, v) => Fe<TModulus>.One, Lanes<TModulus>.One, numbers, numbers);
        for (var lane = 0; lane < 8; lane++)
        {
            Assert.Equal(numbers[lane], all.Extract(lane));
            Assert.Equal(numbers[lane].IsZero, (all - all + all).IsZero()[lane] != 0);
            Assert.NotEqual(0ul, (all - all).IsZero()[lane]);
        }
    }

    [Fact]
    public void Long_chains_stay_within_their_bounds()
    {
        if (!ArithmeticPaths.HasLanes) return;

        var scalar = Fq.FromBigInteger((Fq.Modulus - BigInteger.One) / 3);
        var lanes = Fq8.Of(scalar);
        for (var i = 0; i < 5_000; i++)
        {
            scalar = ((scalar + scalar + scalar) * scalar) - scalar.Square();
            lanes = ((lanes + lanes + lanes) * lanes) - lanes.Square();
            Assert.Equal(scalar, lanes.Extract(i & 7));
        }
    }

    static void Same<TModulus>(
        Func<Fe<TModulus>, Fe<TModulus>, Fe<TModulus>> expected, Lanes<TModulus> actual, Fe<TModulus>[] a,
        Fe<TModulus>[] b)
        where TModulus : struct, IModulus
    {
        var stored = new Fe<TModulus>[8];
        actual.Store(stored);
        for (var lane = 0; lane < 8; lane++)
        {
            Assert.Equal(expected(a[lane], b[lane]), stored[lane]);
        }
    }
}
