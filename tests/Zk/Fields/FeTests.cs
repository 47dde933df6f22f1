using System.Numerics;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Tests.Zk.Fields;

public class FeTests
{
    [Fact]
    public void The_scalar_field_agrees_with_big_integers() => Agrees<ScalarModulus>();

    [Fact]
    public void The_base_field_agrees_with_big_integers() => Agrees<BaseModulus>();

    [Fact]
    public void Inversion_equals_a_power_at_every_length_of_number()
    {
        for (var bits = 0; bits < 254; bits++)
        {
            foreach (var number in new[] { (BigInteger.One << bits) - 1, BigInteger.One << bits })
            {
                // As it is in memory too, where it stands times 2^256.
                var a = Fq.FromBigInteger(number % Fq.Modulus);
                var b = a * Fq.FromBigInteger(BigInteger.Pow(2, 256) % Fq.Modulus).Pow(Exponents.Limbs(Fq.Modulus - 2));
                Assert.Equal(a.Pow(Exponents.Limbs(Fq.Modulus - 2)), a.Invert());
                Assert.Equal(b.Pow(Exponents.Limbs(Fq.Modulus - 2)), b.Invert());
                Assert.Equal((-b).Pow(Exponents.Limbs(Fq.Modulus - 2)), (-b).Invert());
            }
        }
    }

    static void Agrees<TModulus>()
        where TModulus : struct, IModulus
    {
        var p = Fe<TModulus>.Modulus;
        var numbers = Numbers(p).ToArray();
        foreach (var a in numbers)
        {
            var x = Fe<TModulus>.FromBigInteger(a);
            Assert.Equal(a, x.ToBigInteger());
            Assert.Equal((p - a) % p, (-x).ToBigInteger());
            Assert.Equal(BigInteger.ModPow(a, p - 2, p), x.Invert().ToBigInteger());
            Assert.Equal(BigInteger.ModPow(a, 65_537, p), x.Pow(65_537).ToBigInteger());
            foreach (var b in numbers)
            {
                var y = Fe<TModulus>.FromBigInteger(b);
                Assert.Equal((a + b) % p, (x + y).ToBigInteger());
                Assert.Equal((a - b + p) % p, (x - y).ToBigInteger());
                Assert.Equal(a * b % p, (x * y).ToBigInteger());
                Assert.Equal(a == b, x == y);
            }
        }
    }

    [Fact]
    public void A_number_has_one_encoding_and_others_are_refused()
    {
        var r = Fr.Modulus;
        Assert.True(Fr.TryRead(Bytes(r - 1), out var last));
        Assert.Equal(-Fr.One, last);
        Assert.Equal(Bytes(r - 1), last.ToBytes());
        Assert.True(Fr.TryReadBigEndian([.. Bytes(r - 1).Reverse()], out last));
        Assert.Equal(-Fr.One, last);
        Assert.False(Fr.TryRead(Bytes(r), out _));
        Assert.False(Fr.TryRead(Bytes(r + 1), out _));
        Assert.False(Fr.TryRead(Bytes(BigInteger.Pow(2, 256) - 1), out _));
        Assert.False(Fr.TryReadBigEndian([.. Bytes(r).Reverse()], out _));
        Assert.False(Fr.TryRead(new byte[31], out _));
        Assert.False(Fr.TryRead(new byte[33], out _));
        Assert.False(Fr.TryReadBigEndian(new byte[31], out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("0x1")]
    [InlineData("1e3")]
    [InlineData("1_000")]
    [InlineData("١")]
    [InlineData("21888242871839275222246405745257275088548364400416034343698204186575808495617")]
    [InlineData("21888242871839275222246405745257275088548364400416034343698204186575808495618")]
    [InlineData("99999999999999999999999999999999999999999999999999999999999999999999999999999999")]
    public void Decimals_that_are_not_canonical_are_refused(string digits) => Assert.False(Fr.TryParse(digits, out _));

    [Fact]
    public void Decimals_are_read_and_written()
    {
        const string last = "21888242871839275222246405745257275088548364400416034343698204186575808495616";
        Assert.Equal(last, Fr.Parse(last).ToString());
        Assert.Equal(Fr.Zero, Fr.Parse("0"));
        Assert.Equal("12345", Fq.FromUInt64(12_345).ToString());
        Assert.NotEqual(Fr.Random(), Fr.Random());
        Assert.Throws<ArgumentOutOfRangeException>(() => Fr.FromBigInteger(Fr.Modulus));
        Assert.Throws<ArgumentOutOfRangeException>(() => Fr.FromBigInteger(-1));
    }

    [Fact]
    public void Select_takes_what_is_asked()
    {
        Assert.Equal(Fr.One, Fr.Select(1, Fr.One, Fr.Two));
        Assert.Equal(Fr.Two, Fr.Select(0, Fr.One, Fr.Two));
    }

    [Fact]
    public void Square_roots_are_found_where_there_are_some()
    {
        var found = 0;
        foreach (var number in Numbers(Fr.Modulus))
        {
            var value = Fr.FromBigInteger(number);
            var has = BigInteger.ModPow(number, (Fr.Modulus - 1) / 2, Fr.Modulus) <= 1;
            Assert.Equal(has, value.TrySqrt(out var root));
            if (!has) continue;

            Assert.Equal(value, root.Square());
            found++;
        }

        Assert.InRange(found, 10, 40);
        Assert.True(Fq.FromUInt64(4).TrySqrt(out var two) && (two == Fq.Two || two == -Fq.Two));
        Fq2[] pairs = [new(Fq.Two, Fq.Zero), new(-Fq.One, Fq.Zero), new(Fq.Zero, Fq.One), new(Fq.Two, Fq.Random())];
        foreach (var pair in pairs)
        {
            Assert.True(pair.Square().TrySqrt(out var root));
            Assert.Equal(pair.Square(), root.Square());
            Assert.False((pair.Square() * Fq2.Xi).TrySqrt(out _));
        }
    }

    internal static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[32];
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    /// <summary>Edges of the field and of its limbs (64 and 52 bits), and a fixed sequence that looks random.</summary>
    internal static IEnumerable<BigInteger> Numbers(BigInteger p)
    {
        BigInteger[] edges = [0, 1, 2, 3, p - 1, p - 2, p / 2, (p + 1) / 2];
        foreach (var edge in edges)
        {
            yield return edge;
        }

        foreach (var bits in new[] { 52, 64, 104, 128, 156, 192, 208, 253 })
        {
            yield return BigInteger.Pow(2, bits) - 1;
            yield return BigInteger.Pow(2, bits);
        }

        BigInteger state = 1;
        for (var i = 0; i < 24; i++)
        {
            state = ((state * state) + 0x9e3779b97f4a7c15 + i) * 5 % p;
            yield return state;
        }
    }
}
