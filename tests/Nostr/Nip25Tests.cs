namespace PoA.Nostr.Tests.Nostr;

public class Nip25Tests
{
    static readonly string Author = new('a', 64);

    [Theory]
    [InlineData("+", Reaction.Like)]
    [InlineData("", Reaction.Like)]
    [InlineData("-", Reaction.Dislike)]
    [InlineData("🤙", Reaction.Other)]
    [InlineData(":soapbox:", Reaction.Other)]
    public void A_reaction_says_what_its_content_says(string content, Reaction expected) =>
        Assert.Equal(expected, Nip25Words.Read(new("", "", 0, 7, [], content, "")));

    [Fact]
    public void It_is_about_the_last_event_it_names()
    {
        var (first, last) = (new string('1', 64), new string('2', 64));
        var target = new NostrEvent(last, Author, 0, 30_023, [["d", "x"]], "", "");
        var said = Nip25Words.To(target, "+", "wss://r.example", 1);

        Assert.Equal(
            [
                ["e", last, "wss://r.example", Author], ["p", Author, "wss://r.example"],
                ["a", $"30023:{Author}:x", "wss://r.example"], ["k", "30023"],
            ],
            said.Tags);
        Assert.Equal(last, Nip25Words.Target(target with { Tags = [["e", first], ["e", last]] }));
        Assert.Null(Nip25Words.Target(target with { Tags = [["e", first], ["e", "broken"]] }));
    }
}
