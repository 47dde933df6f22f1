namespace PoA.Nostr.Tests.Nostr;

public class Nip40Tests
{
    static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Theory]
    [InlineData("1699999999", true)]
    [InlineData("1700000000", true)]
    [InlineData("1700000001", false)]
    [InlineData("soon", false)]
    [InlineData("-1", false)]
    public void An_event_is_over_from_its_second_on(string at, bool expired) =>
        Assert.Equal(expired, Nip40Words.IsExpired(With(["expiration", at]), Now));

    [Fact]
    public void Without_the_tag_it_never_is()
    {
        Assert.False(Nip40Words.IsExpired(With(["expiration"]), Now));
        Assert.Equal(1_700_000_000, Nip40Words.ExpiresAt(With(Nip40Words.Tag(Now))));
    }

    static NostrEvent With(string[] tag) => new("", "", 0, 1, [tag], "", "");
}
