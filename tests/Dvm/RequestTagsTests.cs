using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Tests.Dvm;

public class RequestTagsTests
{
    [Fact]
    public void A_request_by_the_book_is_read()
    {
        var tags = RequestTags.Read(
            [
                ["i", "abc", "event", "wss://hint.example", "root"],
                ["i", "https://example.com", "url"],
                ["param", "length", "3", "words"],
                ["param", "length", "4"],
                ["output", "text/markdown"],
                ["relays", "wss://a.example", "wss://b.example"],
                ["bid", "21000"],
                ["t", "bitcoin"],
            ],
            "");

        Assert.Equal(
            [
                new JobInput("abc", JobInputType.Event, "wss://hint.example", "root"),
                new JobInput("https://example.com", JobInputType.Url),
            ],
            tags.Inputs);
        Assert.Equal(["3", "words"], tags.Params[0].Values);
        Assert.Equal("4", tags.Params[1].Values[0]);
        Assert.Equal("text/markdown", tags.OutputMime);
        Assert.Equal(["wss://a.example", "wss://b.example"], tags.Relays);
        Assert.Equal(new Msat(21_000), tags.Bid);
    }

    /// <summary>What clients really send, counted by dvmdash (kind_*_analysis.adoc).</summary>
    [Fact]
    public void Messy_requests_are_put_in_order()
    {
        Assert.Equal("hi", RequestTags.Read([["param", "prompt", "hi"]], "").Inputs[0].Data);
        Assert.Equal("hi", RequestTags.Read([["input", "hi", "text"]], "").Inputs[0].Data);
        Assert.Equal("hi", RequestTags.Read([["i", "hi"]], "").Inputs[0].Data);
        Assert.Equal("[{}]", RequestTags.Read([], "[{}]").Inputs[0].Data);
        Assert.Equal("tag", RequestTags.Read([["i", "tag", "text"]], "content").Inputs.Single().Data);
        Assert.Equal(new Msat(2_000), RequestTags.Read([["bid", "1000", "2000"]], "").Bid);
        Assert.Equal(
            ["wss://relay.damus.io", "wss://relay.snort.social"],
            RequestTags.Read([["wss://relay.damus.io", "wss://relay.snort.social"]], "").Relays);
    }

    [Fact]
    public void Nonsense_is_left_out_and_unknown_types_are_named()
    {
        var tags = RequestTags.Read(
            [[], ["i"], ["i", "x", "hologram"], ["bid"], ["bid", "-1", "1e9"], ["relays", "http://no", ""], ["param"]],
            "");

        Assert.Empty(tags.Inputs);
        Assert.Empty(tags.Params);
        Assert.Empty(tags.Relays);
        Assert.Null(tags.Bid);
        Assert.Equal(["hologram"], tags.UnknownTypes);
    }

    [Theory]
    [InlineData("[[\"i\",\"x\",\"text\"]]", 1, "")]
    [InlineData("simply text", 0, "simply text")]
    [InlineData("[]", 0, "")]
    public void A_plaintext_is_tags_or_the_input_itself(string plaintext, int count, string content)
    {
        var read = RequestTags.ReadPlaintext(plaintext);
        Assert.Equal((count, content), (read!.Value.Tags.Count, read.Value.Content));
    }

    [Theory]
    [InlineData("[[")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("[[null]]")]
    [InlineData("[{\"a\":1}]")]
    public void A_plaintext_without_sense_is_none(string plaintext) =>
        Assert.Null(RequestTags.ReadPlaintext(plaintext));
}
