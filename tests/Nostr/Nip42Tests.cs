namespace PoA.Nostr.Tests.Nostr;

public class Nip42Tests
{
    static readonly Uri Relay = new("wss://relay.example.com/");
    static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Theory]
    [InlineData("wss://relay.example.com")]
    [InlineData("WSS://Relay.Example.com:443/path")]
    public void An_answer_to_this_challenge_at_this_relay_is_taken(string relay) =>
        Assert.Null(Nip42Words.Refuse(Answer(relay, "c", 1_700_000_599), Relay, "c", Now));

    [Fact]
    public void Any_other_is_refused_with_its_reason()
    {
        var good = Answer("wss://relay.example.com", "c", 1_700_000_000);

        Assert.Equal(AuthProblems.WrongKind, Nip42Words.Refuse(good with { Kind = 1 }, Relay, "c", Now));
        Assert.Equal(AuthProblems.WrongChallenge, Nip42Words.Refuse(good, Relay, "d", Now));
        Assert.Equal(
            AuthProblems.WrongTime, Nip42Words.Refuse(good with { CreatedAt = 1_699_999_399 }, Relay, "c", Now));
        Assert.Equal(
            AuthProblems.WrongTime, Nip42Words.Refuse(good with { CreatedAt = long.MaxValue }, Relay, "c", Now));
        foreach (var other in new[] { "wss://relay.example.org", "wss://relay.example.com:444", "https://x", "" })
        {
            Assert.Equal(
                AuthProblems.WrongPlace, Nip42Words.Refuse(Answer(other, "c", 1_700_000_000), Relay, "c", Now));
        }
    }

    static NostrEvent Answer(string relay, string challenge, long at)
    {
        var said = Nip42Words.Answer(relay, challenge, at);
        return new("", "", said.CreatedAt, said.Kind, said.Tags, said.Content, "");
    }
}
