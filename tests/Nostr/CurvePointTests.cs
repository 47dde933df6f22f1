using PoA.Nostr.Crypto;

namespace PoA.Nostr.Tests.Nostr;

/// <summary>The curve against itself: laws that hold, and operands that are refused.</summary>
public class CurvePointTests
{
    static readonly byte[] One = Scalar(1);
    static readonly byte[] Two = Scalar(2);
    static readonly byte[] Order =
        Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");

    static readonly CurvePoint G = CurvePoint.OfSecret(One)!;

    [Fact]
    public void The_generator_is_the_one_of_the_standard() => Assert.Equal(
        "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", G.ToHex());

    [Fact]
    public void Sums_products_and_negatives_agree()
    {
        var twice = G.Multiply(Two)!;
        Assert.Equal(twice, G.Add(G));
        Assert.Equal(twice, G.AddGenerator(One));
        Assert.Equal(G, twice.Subtract(G));
        Assert.Equal(G, G.Negate().Negate());
        Assert.NotEqual(G, G.Negate());
        Assert.Equal(G.GetHashCode(), twice.Subtract(G)!.GetHashCode());
    }

    [Fact]
    public void What_has_no_answer_is_null()
    {
        Assert.Null(G.Add(G.Negate()));
        Assert.Null(G.Add(null));
        Assert.Null(G.Negate().AddGenerator(One));
        Assert.Null(G.Multiply(new byte[32]));
        Assert.Null(G.Multiply(Order));
        Assert.Null(G.AddGenerator(Order));
        Assert.Null(G.Multiply(new byte[31]));
        Assert.Null(CurvePoint.OfSecret(new byte[32]));
        Assert.Null(CurvePoint.OfSecret(Order));
    }

    [Fact]
    public void Bytes_are_read_in_both_standard_forms_and_no_other()
    {
        Assert.Equal(G, CurvePoint.Parse(G.ToBytes()));
        Assert.Equal(G, CurvePoint.Parse(G.ToUncompressedBytes()));
        var hybrid = G.ToUncompressedBytes();
        hybrid[0] = 6;
        Assert.Null(CurvePoint.Parse(hybrid));
        Assert.Null(CurvePoint.Parse(G.ToBytes().AsSpan(1)));
        Assert.Null(CurvePoint.Parse([]));
        // x = 5 is on no point of the curve.
        Assert.Null(CurvePoint.Parse("02" + new string('0', 63) + "5"));
        Assert.Null(CurvePoint.Parse(G.ToHex().ToUpperInvariant()));
        Assert.Null(CurvePoint.Parse((string?)null));
    }

    [Fact]
    public void Secrets_add_and_multiply_as_their_points_do()
    {
        var sum = Scalar(5);
        Assert.True(SecretScalar.Add(sum, Two));
        Assert.Equal(Scalar(7), sum);
        Assert.True(SecretScalar.Multiply(sum, Two));
        Assert.Equal(Scalar(14), sum);
        Assert.True(SecretScalar.Negate(sum));
        Assert.Equal(G.Multiply(Scalar(14))!.Negate(), CurvePoint.OfSecret(sum));
        Assert.False(SecretScalar.Add(sum, Scalar(14)));
        Assert.False(SecretScalar.Multiply(Scalar(3), new byte[32]));
    }

    [Fact]
    public void A_signature_recovers_to_its_key_and_verifies_with_low_s_alone()
    {
        var hash = Scalar(42);
        var signature = new byte[64];
        Assert.True(Ecdsa.SignRecoverable(Scalar(7), hash, signature, out var id));
        var key = CurvePoint.OfSecret(Scalar(7))!;
        Assert.Equal(key, Ecdsa.Recover(signature, id, hash));
        Assert.True(Ecdsa.Verify(signature, hash, key));
        Assert.False(Ecdsa.Verify(signature, Scalar(43), key));
        Assert.Null(Ecdsa.Recover(new byte[64], id, hash));

        Assert.True(SecretScalar.Negate(signature.AsSpan(32)));
        Assert.False(Ecdsa.Verify(signature, hash, key));
        Assert.True(Ecdsa.Normalize(signature));
        Assert.True(Ecdsa.Verify(signature, hash, key));
    }

    [Fact]
    public void A_der_signature_is_read_and_a_broken_one_is_not()
    {
        // The sample of BIP-66's test data: r and s of 32 bytes.
        var der = Convert.FromHexString(
            "304402203e4516da7253cf068effec6b95c41221c0cf3a8e6ccb8cbf1725b562e9afde2c" +
            "022054e1c258c2981cdfba5df1f46661fb6541c44f77ca0092f3600331abfffb1251");
        var signature = new byte[64];
        Assert.True(Ecdsa.FromDer(der, signature));
        Assert.Equal(der[4..36], signature[..32]);
        Assert.Equal(der[38..], signature[32..]);
        der[1]++;
        Assert.False(Ecdsa.FromDer(der, signature));
        Assert.False(Ecdsa.FromDer([], signature));
    }

    static byte[] Scalar(byte value) => [.. new byte[31], value];
}
