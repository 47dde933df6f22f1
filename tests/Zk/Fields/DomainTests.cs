using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Tests.Zk.Fields;

public class DomainTests
{
    [Fact]
    public void The_root_is_that_of_snarkjs()
    {
        var domain = Domain.OfSize(1 << 4);
        var root = Fr.Parse("19103219067921713944291392827692070036145651957329286315305642004821462161904");
        for (var i = 28; i > 4; i--)
        {
            root = root.Square();
        }

        Assert.Equal(root, domain.Root);
        Assert.Throws<ArgumentOutOfRangeException>(() => Domain.OfSize(24));
        Assert.Throws<ArgumentOutOfRangeException>(() => Domain.OfSize(1));
    }

    [Theory]
    [InlineData(2, Arithmetic.Scalar)]
    [InlineData(64, Arithmetic.Scalar)]
    [InlineData(2, Arithmetic.Best)]
    [InlineData(32, Arithmetic.Best)]
    [InlineData(64, Arithmetic.Best)]
    [InlineData(256, Arithmetic.Best)]
    public void Values_on_the_odd_coset_are_those_of_the_polynomial(int size, Arithmetic arithmetic)
    {
        var coefficients = Enumerable.Range(0, size).Select(_ => Fr.Random()).ToArray();
        var domain = Domain.OfSize(size);
        var shift = Domain.OfSize(2 * size).Root;
        var values = new Fr[size];
        var expected = new Fr[size];
        var point = Fr.One;
        for (var i = 0; i < size; i++)
        {
            values[i] = At(point);
            expected[i] = At(point * shift);
            point *= domain.Root;
        }

        domain.ToOddCoset(values, arithmetic);
        Assert.Equal(expected, values);

        Fr At(Fr x) => coefficients.Reverse().Aggregate(Fr.Zero, (sum, coefficient) => (sum * x) + coefficient);
    }

    [Fact]
    public void A_large_transform_is_the_same_by_both_paths()
    {
        var values = Enumerable.Range(0, 1 << 12).Select(_ => Fr.Random()).ToArray();
        Fr[] other = [.. values];
        Domain.OfSize(values.Length).ToOddCoset(values, Arithmetic.Best);
        Domain.OfSize(values.Length).ToOddCoset(other, Arithmetic.Scalar);
        Assert.Equal(other, values);
    }
}
