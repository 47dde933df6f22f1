using FsCheck;
using FsCheck.Fluent;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Tests.Ledger;

public class FeesTests
{
    [Theory]
    [InlineData(19_000, 500, 0)]
    [InlineData(19_999, 500, 0)]
    [InlineData(20_000, 500, 1_000)]
    [InlineData(21_000, 500, 1_000)]
    [InlineData(39_999, 500, 1_000)]
    [InlineData(40_000, 500, 2_000)]
    [InlineData(33_000, 300, 0)]
    [InlineData(34_000, 300, 1_000)]
    [InlineData(1_000_000, 0, 0)]
    [InlineData(999, 10_000, 0)]
    [InlineData(1_999, 10_000, 1_000)]
    [InlineData(0, 500, 0)]
    public void A_fee_is_whole_sats_rounded_down(long gross, int bps, long fee) =>
        Assert.Equal(new(fee), Fees.Of(new(gross), bps));

    [Fact]
    public void All_bitcoin_and_the_whole_range_of_amounts_stay_exact()
    {
        // 9,223 BTC at 10,000 bps is where a product of 64 bits ends.
        var edge = Msat.FromSat(9_223L * 100_000_000);
        Assert.Equal(edge, Fees.Of(edge, 10_000));
        Assert.Equal(Books.AmountMax, Fees.Of(Books.AmountMax, 10_000));
        Assert.Equal(new(9_223_372_036_854_775_000), Fees.Of(new(long.MaxValue), 10_000));
        Assert.Equal(new(461_168_601_842_738_000), Fees.Of(new(long.MaxValue), 500));
    }

    [Fact]
    public void Fee_and_rest_are_the_gross_and_the_fee_is_exact() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 2_099_999_999).ToArbitrary(), Gen.Choose(0, 999_999_999).ToArbitrary(),
        Gen.Choose(0, 10_000).ToArbitrary(), (billions, rest, bps) =>
        {
            var gross = (billions * 1_000_000_000L) + rest;
            var fee = Fees.Of(new(gross), bps);
            var exact = (System.Numerics.BigInteger)(gross / 1_000) * bps / 10_000 * 1_000;
            return fee.Value == exact && fee.Value >= 0 && fee.Value <= gross && fee.Value % 1_000 == 0;
        }));

    [Theory]
    [InlineData(-1, 500)]
    [InlineData(1, -1)]
    [InlineData(1, 10_001)]
    public void Nonsense_is_refused(long gross, int bps) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Fees.Of(new(gross), bps));
}
