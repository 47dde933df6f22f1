using PoA.Nostr.Blossom;

namespace PoA.Nostr.Tests.Blossom;

/// <summary>The rules of BUD-11, one line each.</summary>
public sealed class BlossomTokenTests : IDisposable
{
    static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    readonly SecretKey _key = SecretKey.Generate();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_token_as_the_specification_shows_it_holds() => Assert.Null(Refuse());

    [Fact]
    public void A_token_serves_until_it_expires_however_old_it_is() => Assert.Null(Refuse(age: 86_400));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void An_expired_token_is_refused(int left) => Assert.NotNull(Refuse(life: $"{Seconds + left}"));

    [Fact]
    public void A_token_for_longer_than_a_week_is_refused() => Assert.NotNull(Refuse(life: $"{Seconds + 604_801}"));

    [Theory]
    [InlineData("never")]
    [InlineData("")]
    [InlineData("1800000300.5")]
    [InlineData(" 1800000300")]
    [InlineData("99999999999999999999")]
    public void An_expiration_is_a_whole_number_of_seconds(string life) => Assert.NotNull(Refuse(life: life));

    [Fact]
    public void A_clock_may_be_a_minute_ahead_and_no_more()
    {
        Assert.Null(Refuse(age: -60));
        Assert.NotNull(Refuse(age: -61));
    }

    [Fact]
    public void A_token_of_another_verb_is_refused() => Assert.NotNull(Refuse(verb: "delete"));

    [Theory]
    [InlineData("t", "delete")]
    [InlineData("t", "upload")]
    [InlineData("expiration", "1800000300")]
    public void A_second_verb_or_expiration_is_refused(string name, string value) =>
        Assert.NotNull(Refuse(more: [[name, value]]));

    [Theory]
    [InlineData("cdn.example.com", true)]
    [InlineData("CDN.example.com", true)]
    [InlineData("https://cdn.example.com/", true)]
    [InlineData("https://cdn.example.com:8443/upload", true)]
    [InlineData("other.example.com", false)]
    [InlineData("https://evil.example/cdn.example.com", false)]
    [InlineData("cdn.example.com.evil.example", false)]
    [InlineData("://", false)]
    public void A_server_tag_is_compared_by_host(string server, bool ours) =>
        Assert.Equal(ours, Refuse(more: [["server", server]]) is null);

    [Fact]
    public void One_of_several_servers_is_enough() =>
        Assert.Null(Refuse(more: [["server", "other.example.com"], ["server", "cdn.example.com"]]));

    [Fact]
    public void Another_kind_is_refused() => Assert.NotNull(Refuse(kind: 27_235));

    [Fact]
    public void A_signature_of_other_words_is_refused()
    {
        var signed = Sign(24_242, 0, "upload", $"{Seconds + 300}", []);
        var longer = signed with { Tags = [.. signed.Tags, ["x", new string('a', 64)]] };

        Assert.NotNull(BlossomToken.Refuse(longer, "upload", "cdn.example.com", Now, TimeSpan.FromDays(7)));
    }

    static long Seconds => Now.ToUnixTimeSeconds();

    string? Refuse(
        int kind = 24_242, int age = 0, string verb = "upload", string? life = null, string[][]? more = null) =>
        BlossomToken.Refuse(
            Sign(kind, age, verb, life ?? $"{Seconds + 300}", more ?? []), "upload", "cdn.example.com", Now,
            TimeSpan.FromDays(7));

    NostrEvent Sign(int kind, int age, string verb, string life, string[][] more) =>
        _key.Sign(new(kind, Seconds - age, [["t", verb], ["expiration", life], .. more], "A test."));
}
