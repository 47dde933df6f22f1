namespace PoA.Nostr.Tests.Nostr;

public class Nip13Tests
{
    [Theory]
    [InlineData("000000000e9d97a1ab09fc381030b346cdd7a142ad57e6df0b46dc9bef6c7e2d", 36)]
    [InlineData("000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358", 21)]
    [InlineData("002f000000000000000000000000000000000000000000000000000000000000", 10)]
    [InlineData("8000000000000000000000000000000000000000000000000000000000000000", 0)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 256)]
    [InlineData("not an id", 0)]
    public void Leading_zero_bits_are_counted_as_the_nip_does(string id, int bits) =>
        Assert.Equal(bits, Nip13Words.Bits(id));

    [Theory]
    [InlineData(new[] { "nonce", "776797", "20" }, 20)]
    [InlineData(new[] { "nonce", "776797", "30" }, 21)]
    [InlineData(new[] { "nonce", "776797" }, 0)]
    [InlineData(new[] { "nonce", "776797", "-1" }, 0)]
    [InlineData(new[] { "t", "x" }, 0)]
    public void Only_committed_work_counts(string[] tag, int bits)
    {
        const string id = "000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358";
        Assert.Equal(bits, Nip13Words.CommittedBits(new(id, new('a', 64), 0, 1, [tag], "", "")));
    }

    [Fact]
    public void The_example_of_the_nip_has_its_id()
    {
        var mined = new EventTemplate(
            1, 1_651_794_653, [["nonce", "776797", "20"]], "It's just me mining my own business");
        Assert.Equal(
            "000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358",
            CanonicalForm.Id("a48380f4cfcc1ad5378294fcac36439770f9c878dd880ffa94bb74ea54a6f243", mined));
    }

    [Fact]
    public void What_is_mined_has_the_bits_and_one_nonce()
    {
        using var key = SecretKey.Generate();
        EventTemplate template = new(1, 1_700_000_000, [["nonce", "1", "2"], ["t", "x"]], "hello");

        var mined = key.Sign(Nip13Words.Mine(key.Pubkey, template, 11, TestContext.Current.CancellationToken));

        Assert.True(Nip13Words.CommittedBits(mined) == 11);
        Assert.Equal(["t", "nonce"], mined.Tags.Select(tag => tag[0]));
    }

    [Fact]
    public void Mining_stops_when_it_is_told_to() =>
        Assert.Throws<OperationCanceledException>(
            () => Nip13Words.Mine(new('a', 64), new(1, 0, [], ""), 256, new(canceled: true)));
}
