using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Tests.Nostr;

public class ChaCha20Tests
{
    [Fact]
    public void Rfc_8439_section_2_4_2_encrypts_as_printed()
    {
        var key = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var nonce = Convert.FromHexString("000000000000004a00000000");
        var data = Encoding.ASCII.GetBytes(
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
            "sunscreen would be it.");

        ChaCha20.Apply(key, nonce, data, counter: 1);

        Assert.Equal(
            "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b357" +
            "1639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736" +
            "5af90bbf74a35be6b40b8eedf2785e42874d",
            Convert.ToHexStringLower(data));
    }

    [Theory]
    [InlineData("00", 0, "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7")]
    [InlineData("00", 1, "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed")]
    [InlineData("01", 1, "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a")]
    public void Rfc_8439_appendix_a_1_gives_the_printed_key_stream(string lastOfKey, uint counter, string expected)
    {
        var key = new byte[32];
        key[31] = Convert.FromHexString(lastOfKey)[0];
        var data = new byte[32];

        ChaCha20.Apply(key, new byte[12], data, counter);

        Assert.Equal(expected, Convert.ToHexStringLower(data));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1_000)]
    public void Applied_twice_it_is_as_before(int length)
    {
        var (key, nonce, data) = (new byte[32], new byte[12], new byte[length]);

        ChaCha20.Apply(key, nonce, data);
        Assert.True(length == 0 || data.Any(b => b != 0));
        ChaCha20.Apply(key, nonce, data);

        Assert.DoesNotContain(data, b => b != 0);
    }
}
