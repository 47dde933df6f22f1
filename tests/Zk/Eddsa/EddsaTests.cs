using System.Text;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Eddsa;

namespace PoA.Nostr.Tests.Zk.Eddsa;

public class EddsaTests
{
    [Fact]
    public void Keys_and_signatures_equal_circomlib()
    {
        var vectors = ZkVectors.Load("babyjubjub_eddsa.json").GetProperty("eddsaPoseidon").EnumerateArray().ToList();
        foreach (var vector in vectors)
        {
            using var key = new EddsaKey(Convert.FromHexString(vector.GetProperty("prvHex").GetString()!));
            var message = vector.GetProperty("msg").Number();
            var signature = key.Sign(message);

            Assert.Equal(Point(vector.GetProperty("pub").Numbers()), key.PublicKey);
            Assert.Equal(Point(vector.GetProperty("R8").Numbers()), signature.R8);
            Assert.Equal(vector.GetProperty("S").Number(), signature.S);
            var packed = Convert.ToHexStringLower(signature.ToBytes());
            Assert.Equal(vector.GetProperty("sigPackedHex").GetString(), packed);
            Assert.True(EddsaSignature.TryRead(signature.ToBytes(), out var read));
            Assert.True(read.Verify(key.PublicKey, message));
            Assert.False(read.Verify(key.PublicKey, message + Fr.One));
        }

        Assert.Equal(4, vectors.Count);
    }

    [Fact]
    public void Keys_and_signatures_equal_zk_kit()
    {
        var read = 0;
        foreach (var vector in ZkVectors.Cases("zkkit_eddsa.json"))
        {
            using var key = new EddsaKey(Encoding.UTF8.GetBytes(vector.GetProperty("privateKey").GetString()!));
            var signature = key.Sign(vector.GetProperty("message").Number());
            Assert.Equal(Point(vector.GetProperty("publicKey").Numbers()), key.PublicKey);
            Assert.Equal(Point(vector.GetProperty("R8").Numbers()), signature.R8);
            Assert.Equal(vector.GetProperty("S").Number(), signature.S);
            Assert.DoesNotContain(signature.S.ToString(), key.ToString(), StringComparison.Ordinal);
            read++;
        }

        Assert.Equal(3, read);
    }

    [Fact]
    public void A_signature_has_one_form()
    {
        using var key = new EddsaKey("seed"u8);
        var message = Fr.FromUInt64(7);
        var good = key.Sign(message);
        Assert.True(good.Verify(key.PublicKey, message));

        var above = good with { S = Fr.FromBigInteger(good.S.ToBigInteger() + BabyJubJub.SubgroupOrder) };
        Assert.False(above.Verify(key.PublicKey, message));
        Assert.False(EddsaSignature.TryRead(above.ToBytes(), out _));
        Assert.False((good with { S = good.S + Fr.One }).Verify(key.PublicKey, message));
        Assert.False((good with { R8 = good.R8 + BabyJubJub.Base8 }).Verify(key.PublicKey, message));
        Assert.False(good.Verify(-key.PublicKey, message));
        Assert.False(EddsaSignature.TryRead(good.ToBytes().AsSpan(1), out _));
        for (var at = 0; at < EddsaSignature.Size; at++)
        {
            var bytes = good.ToBytes();
            bytes[at] ^= 1;
            Assert.False(EddsaSignature.TryRead(bytes, out var other) && other.Verify(key.PublicKey, message));
        }
    }

    [Fact]
    public void Points_of_low_order_and_shifted_by_them_are_no_keys_and_no_nonces()
    {
        using var key = new EddsaKey("seed"u8);
        var message = Fr.FromUInt64(7);
        var good = key.Sign(message);
        var low = ZkVectors.Load("babyjubjub_eddsa.json").GetProperty("lowOrder").EnumerateArray()
            .Select(vector => Point(vector.GetProperty("point").Numbers())).ToList();
        Assert.Equal(8, low.Count);

        // Eight times a low point is nothing: this would hold for every message.
        var forged = new EddsaSignature(BabyJubJub.Base8.Times(new(5, 0, 0, 0)), Fr.FromUInt64(5));
        foreach (var point in low)
        {
            Assert.False(EddsaSignature.IsValidKey(point));
            Assert.False(forged.Verify(point, message));
            Assert.False(good.Verify(point, message));
            Assert.False((good with { R8 = point }).Verify(key.PublicKey, message));
            if (point == BabyJubJub.Identity) continue;

            Assert.False(EddsaSignature.IsValidKey(key.PublicKey + point));
            Assert.False(good.Verify(key.PublicKey + point, message));
            Assert.False((good with { R8 = good.R8 + point }).Verify(key.PublicKey, message));
        }

        Assert.False(EddsaSignature.IsValidKey(new(Fr.One, Fr.One)));
    }

    static BabyJubJub Point(Fr[] coordinates) => new(coordinates[0], coordinates[1]);
}
