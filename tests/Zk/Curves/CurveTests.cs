using System.Numerics;
using System.Text.Json;
using PoA.Nostr.Zk.Curves;

namespace PoA.Nostr.Tests.Zk.Curves;

public class CurveTests
{
    static readonly JsonElement Curve = ZkVectors.Load("bn254_curve.json");
    static readonly JsonElement Edge = ZkVectors.Load("bn254_invalid_and_serialization.json");

    [Fact]
    public void Multiples_of_the_generators_are_those_of_ffjavascript()
    {
        foreach (var multiple in Curve.GetProperty("g1").EnumerateArray())
        {
            Assert.Equal(PointG1(multiple.GetProperty("p")), G1.Generator * multiple.GetProperty("k").Number());
        }

        foreach (var multiple in Curve.GetProperty("g2").EnumerateArray())
        {
            Assert.Equal(PointG2(multiple.GetProperty("p")), G2.Generator * multiple.GetProperty("k").Number());
        }
    }

    [Fact]
    public void Additions_and_multiples_are_those_of_the_precompiles()
    {
        foreach (var (input, expected) in Precompile("bn256Add"))
        {
            var bytes = Padded(input, 128);
            Assert.Equal(expected, Write(Read(bytes.AsSpan(0, 64)) + Read(bytes.AsSpan(64, 64))));
        }

        foreach (var (input, expected) in Precompile("bn256ScalarMul"))
        {
            var bytes = Padded(input, 96);
            var scalar = new BigInteger(bytes.AsSpan(64), isUnsigned: true, isBigEndian: true) % Fr.Modulus;
            Assert.Equal(expected, Write(Read(bytes.AsSpan(0, 64)) * Fr.FromBigInteger(scalar)));
        }
    }

    [Fact]
    public void Pairing_checks_answer_as_the_precompile_does()
    {
        foreach (var (bytes, expected) in Precompile("bn256Pairing"))
        {
            var pairs = bytes.Length / 192;
            var (p, q) = (new G1Affine[pairs], new G2Affine[pairs]);
            for (var i = 0; i < pairs; i++)
            {
                p[i] = Read(bytes.AsSpan(192 * i, 64));
                Assert.True(PointEncoding.TryReadUncompressed(bytes.AsSpan((192 * i) + 64, 128), out q[i]));
            }

            Assert.Equal(expected[^1] == 1, Pairing.ProductIsOne(p, q));
        }
    }

    [Fact]
    public void Pairings_are_those_of_ffjavascript()
    {
        Assert.Equal(Coefficients("pairingG1G2"), Flat(Pairing.Compute(G1.Generator, G2.Generator)));
        Assert.Equal(
            Coefficients("pairing_2_3"),
            Flat(Pairing.Compute(G1.Generator * Fr.Two, G2.Generator * Fr.FromUInt64(3))));

        var one = Pairing.Compute(G1Affine.Infinity, G2.Generator);
        Assert.Equal(Fq12.One, one);
    }

    [Fact]
    public void Pairings_are_bilinear()
    {
        var (a, b) = (Fr.Random(), Fr.Random());
        var (p, q) = (G1.Generator * a, G2.Generator * b);
        Assert.Equal(Pairing.Compute(p, q), Pairing.Compute(G1.Generator * (a * b), G2.Generator));
        Assert.True(Pairing.ProductIsOne([p, -(G1.Generator * (a * b))], [q, G2.Generator]));
        Assert.False(Pairing.ProductIsOne([p, G1.Generator * (a * b)], [q, G2.Generator]));
    }

    [Fact]
    public void Points_outside_the_curve_or_the_subgroup_are_told_apart()
    {
        foreach (var invalid in Edge.GetProperty("g2").EnumerateArray())
        {
            if (!Fq.TryParse(invalid.GetProperty("p")[0][0].GetString(), out _)) continue;

            var point = PointG2(invalid.GetProperty("p"));
            if (invalid.TryGetProperty("onCurve", out var onCurve))
            {
                Assert.Equal(onCurve.GetBoolean(), point.IsOnCurve);
            }

            Assert.False(G2.IsInSubgroup(point));
            Assert.False(point.IsOnCurve && EndOfLinesProvesSubgroup(point));
        }

        Assert.True(G2.IsInSubgroup(G2.Generator));
        Assert.True(EndOfLinesProvesSubgroup(G2.Generator * Fr.Random()));
        Assert.False(new G1Affine(Fq.One, Fq.One).IsOnCurve);
    }

    static bool EndOfLinesProvesSubgroup(in G2Affine point)
    {
        AteLines.Compute(point.X, point.Y, new Line<Fq>[Pairing.LineCount], out var end);
        return AteLines.ProvesSubgroup(end, point);
    }

    [Fact]
    public void Encodings_are_read_and_written_as_ffjavascript_does()
    {
        foreach (var valid in Edge.GetProperty("serialization").EnumerateArray())
        {
            var (g1, g2) = (PointG1(valid.GetProperty("g1")), PointG2(valid.GetProperty("g2")));
            Span<byte> bytes = new byte[128];
            PointEncoding.WriteRaw(g1, bytes);
            Same("g1LEM", bytes[..64]);
            Assert.True(PointEncoding.TryReadRaw(bytes[..64], out var one) && one == g1);
            PointEncoding.WriteUncompressed(g1, bytes);
            Same("g1Uncompressed", bytes[..64]);
            Assert.True(PointEncoding.TryReadUncompressed(bytes[..64], out one) && one == g1);
            PointEncoding.WriteCompressed(g1, bytes);
            Same("g1Compressed", bytes[..32]);
            Assert.True(PointEncoding.TryReadCompressed(bytes[..32], out one) && one == g1);
            PointEncoding.WriteRaw(g2, bytes);
            Same("g2LEM", bytes);
            Assert.True(PointEncoding.TryReadRaw(bytes, out G2Affine two) && two == g2);
            PointEncoding.WriteUncompressed(g2, bytes);
            Same("g2Uncompressed", bytes);
            Assert.True(PointEncoding.TryReadUncompressed(bytes, out two) && two == g2);
            PointEncoding.WriteCompressed(g2, bytes);
            Same("g2Compressed", bytes[..64]);
            Assert.True(PointEncoding.TryReadCompressed(bytes[..64], out two) && two == g2);

            void Same(string name, ReadOnlySpan<byte> actual) =>
                Assert.Equal(valid.GetProperty(name).GetString(), Convert.ToHexStringLower(actual));
        }
    }

    [Fact]
    public void Encodings_with_a_bit_too_many_are_refused()
    {
        Span<byte> bytes = new byte[64];
        PointEncoding.WriteCompressed(G1Affine.Infinity, bytes);
        Assert.True(PointEncoding.TryReadCompressed(bytes[..32], out G1Affine point) && point.IsInfinity);
        bytes[31] = 1;
        Assert.False(PointEncoding.TryReadCompressed(bytes[..32], out point));
        bytes[31] = 0;
        bytes[0] |= 0x80;
        Assert.False(PointEncoding.TryReadCompressed(bytes[..32], out point));
        Assert.False(PointEncoding.TryReadCompressed(bytes[..31], out point));
        Assert.False(PointEncoding.TryReadCompressed(new byte[33], out point));

        // x = 4: 67 has no square root. And x = q, which is no coordinate.
        Assert.False(PointEncoding.TryReadCompressed([.. new byte[31], 4], out point));
        var q = Fields.FeTests.Bytes(Fq.Modulus).AsEnumerable().Reverse();
        Assert.False(PointEncoding.TryReadCompressed([.. q], out point));
        Assert.False(PointEncoding.TryReadUncompressed([.. q, .. new byte[31], 2], out point));
    }

    [Fact]
    public void Complete_formulas_know_no_special_case()
    {
        var p = G1.Generator * Fr.FromUInt64(7);
        Assert.Equal(p * Fr.Two, p + p);
        Assert.Equal(G1Affine.Infinity, p + -p);
        Assert.Equal(p, p + G1Affine.Infinity);
        Assert.Equal(p, G1Affine.Infinity + p);
        Assert.Equal(G1Affine.Infinity, p * Fr.Zero);
        Assert.Equal(p * Fr.Two, p.ToProjective().PlusAffine(p.X, p.Y).ToAffine());
        Assert.Equal(G1Affine.Infinity, p.ToProjective().PlusAffine(p.X, -p.Y).ToAffine());
        Assert.Equal(G1Affine.Infinity, (G1.Generator * -Fr.One) + G1.Generator);
    }

    internal static G1Affine PointG1(JsonElement p) => new(Coordinate(p[0]), Coordinate(p[1]));

    internal static G2Affine PointG2(JsonElement p) => new(Pair(p[0]), Pair(p[1]));

    static Fq2 Pair(JsonElement p) => new(Coordinate(p[0]), Coordinate(p[1]));

    static Fq Coordinate(JsonElement text) => Fq.Parse(text.GetString()!);

    static string[] Coefficients(string name) =>
        [.. Curve.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    static string[] Flat(in Fq12 value)
    {
        Fq2[] pairs = [value.C0.C0, value.C0.C1, value.C0.C2, value.C1.C0, value.C1.C1, value.C1.C2];
        return [.. pairs.SelectMany(pair => new[] { pair.C0.ToString(), pair.C1.ToString() })];
    }

    static IEnumerable<(byte[] Input, byte[] Expected)> Precompile(string name) =>
        ZkVectors.Load($"eip196-197/{name}.json").EnumerateArray().Select(test => (
            Convert.FromHexString(test.GetProperty("Input").GetString()!),
            Convert.FromHexString(test.GetProperty("Expected").GetString()!)));

    static byte[] Padded(byte[] input, int length) =>
        [.. input.Take(length), .. new byte[Math.Max(0, length - input.Length)]];

    static G1Affine Read(ReadOnlySpan<byte> bytes) =>
        PointEncoding.TryReadUncompressed(bytes, out G1Affine point) ? point : throw new FormatException();

    static byte[] Write(in G1Affine point)
    {
        var bytes = new byte[64];
        PointEncoding.WriteUncompressed(point, bytes);
        return bytes;
    }
}
