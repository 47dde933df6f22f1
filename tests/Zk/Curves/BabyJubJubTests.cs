using System.Numerics;
using System.Text.Json;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Tests.Zk.Curves;

public class BabyJubJubTests
{
    static readonly JsonElement Vectors = ZkVectors.Load("babyjubjub_eddsa.json");

    [Fact]
    public void Multiples_and_their_packed_form_are_those_of_circomlib()
    {
        Assert.Equal(BabyJubJub.Base8, BabyJubJub.Generator.Times(new(8, 0, 0, 0)));
        foreach (var multiple in Vectors.GetProperty("mulBase8").EnumerateArray())
        {
            var k = BigInteger.Parse(multiple.GetProperty("k").GetString()!, null) % (BabyJubJub.SubgroupOrder * 8);
            var expected = Point(multiple.GetProperty("point"));
            var packed = new byte[BabyJubJub.Size];
            expected.Pack(packed);

            Assert.Equal(expected, BabyJubJub.Base8.Times(Scalar(k)));
            Assert.Equal(multiple.GetProperty("packedHex").GetString(), Convert.ToHexStringLower(packed));
            Assert.True(BabyJubJub.TryUnpack(packed, out var unpacked));
            Assert.Equal(expected, unpacked);
        }
    }

    [Fact]
    public void Sums_are_those_of_circomlib()
    {
        foreach (var sum in Vectors.GetProperty("add").EnumerateArray())
        {
            Assert.Equal(
                Point(sum.GetProperty("sum")), Point(sum.GetProperty("a")) + Point(sum.GetProperty("b")));
        }
    }

    [Fact]
    public void Points_of_low_order_are_on_the_curve_and_outside_the_subgroup()
    {
        foreach (var low in Vectors.GetProperty("lowOrder").EnumerateArray())
        {
            var point = Point(low.GetProperty("point"));
            Assert.Equal(low.GetProperty("inCurve").GetBoolean(), point.IsOnCurve);
            Assert.Equal(low.GetProperty("inSubgroup").GetBoolean(), point.IsInSubgroup);
            Assert.Equal(BabyJubJub.Identity, point.Times(new(8, 0, 0, 0)));
        }

        Assert.False(BabyJubJub.Generator.IsInSubgroup);
        Assert.True(BabyJubJub.Base8.IsInSubgroup);
        Assert.Equal(BabyJubJub.Identity, BabyJubJub.Base8 + -BabyJubJub.Base8);
    }

    [Fact]
    public void Packed_points_have_one_form()
    {
        Span<byte> packed = new byte[BabyJubJub.Size];
        BabyJubJub.Identity.Pack(packed);
        Assert.True(BabyJubJub.TryUnpack(packed, out _));
        packed[31] |= 0x80;
        Assert.False(BabyJubJub.TryUnpack(packed, out _));
        Assert.False(BabyJubJub.TryUnpack(Fields.FeTests.Bytes(Fr.Modulus + 1), out _));
        Assert.False(BabyJubJub.TryUnpack(new byte[31], out _));

        var refused = 0;
        for (ulong y = 2; y < 20; y++)
        {
            if (!BabyJubJub.TryUnpack(Fr.FromUInt64(y).ToBytes(), out _)) refused++;
        }

        Assert.InRange(refused, 4, 14);
    }

    static BabyJubJub Point(JsonElement p) => new(p[0].Number(), p[1].Number());

    static Limbs Scalar(BigInteger number)
    {
        ulong Limb(int i) => (ulong)((number >> (64 * i)) & ulong.MaxValue);
        return new(Limb(0), Limb(1), Limb(2), Limb(3));
    }
}
