namespace PoA.Nostr.Tests.Nostr;

public class Nip90Tests
{
    [Fact]
    public void A_request_by_the_book_is_read()
    {
        var tags = Nip90Words.ReadRequest(
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
        Assert.Equal("hi", Nip90Words.ReadRequest([["param", "prompt", "hi"]], "").Inputs[0].Data);
        Assert.Equal("hi", Nip90Words.ReadRequest([["input", "hi", "text"]], "").Inputs[0].Data);
        Assert.Equal("hi", Nip90Words.ReadRequest([["i", "hi"]], "").Inputs[0].Data);
        Assert.Equal("[{}]", Nip90Words.ReadRequest([], "[{}]").Inputs[0].Data);
        Assert.Equal("tag", Nip90Words.ReadRequest([["i", "tag", "text"]], "content").Inputs.Single().Data);
        Assert.Equal(new Msat(2_000), Nip90Words.ReadRequest([["bid", "1000", "2000"]], "").Bid);
        Assert.Equal(
            ["wss://relay.damus.io", "wss://relay.snort.social"],
            Nip90Words.ReadRequest([["wss://relay.damus.io", "wss://relay.snort.social"]], "").Relays);
    }

    [Fact]
    public void Nonsense_is_left_out_and_unknown_types_are_named()
    {
        var tags = Nip90Words.ReadRequest(
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
        var read = Nip90Words.ReadPlaintext(plaintext);
        Assert.Equal((count, content), (read!.Value.Tags.Count, read.Value.Content));
    }

    [Theory]
    [InlineData("[[")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("[[null]]")]
    [InlineData("[{\"a\":1}]")]
    public void A_plaintext_without_sense_is_none(string plaintext) =>
        Assert.Null(Nip90Words.ReadPlaintext(plaintext));

    [Fact]
    public void A_request_is_written_as_it_is_read()
    {
        RequestTags said = new(
            [
                new("a", JobInputType.Text),
                new("b", JobInputType.Url, Marker: "source"),
                new("c", JobInputType.Event, "wss://hint.example"),
                new("d", JobInputType.Job, "wss://hint.example", "previous"),
            ],
            [new("model", ["x"]), new("range", ["1", "2"])], "text/plain", ["wss://a.example"], new(5_000));

        var tags = Nip90Words.WriteRequest(said);

        Assert.Equal(["i", "b", "url", "", "source"], tags[1]);
        Assert.Equal(["bid", "5000"], tags[^1]);
        Assert.Equivalent(said, Nip90Words.ReadRequest(tags, ""), strict: true);
    }

    [Theory]
    [InlineData("payment-required", JobFeedback.PaymentRequired)]
    [InlineData("payment_required", JobFeedback.PaymentRequired)]
    [InlineData("processing", JobFeedback.Processing)]
    [InlineData("error", JobFeedback.Error)]
    [InlineData("success", JobFeedback.Success)]
    [InlineData("partial", JobFeedback.Partial)]
    [InlineData("Success", null)]
    [InlineData("", null)]
    public void The_words_of_feedback_are_read_and_each_is_written_by_the_book(string word, JobFeedback? status)
    {
        Assert.Equal(status, Nip90Words.ReadAnswer([["status", word, "more"]]).Status);
        if (status is { } known)
        {
            Assert.Equal(["status", word.Replace('_', '-'), "x"], Nip90Words.Status(known, "x"));
        }
    }

    [Fact]
    public void An_answer_names_its_request_and_its_price()
    {
        var (e, p) = (new string('e', 64), new string('b', 64));
        var read = Nip90Words.ReadAnswer(
            [[], ["e"], ["e", e], ["p", p], Nip90Words.Amount(new(21_000), "lnbc1"), ["status", "error", "no"]]);

        Assert.Equal(new(JobFeedback.Error, "no", e, p, new Msat(21_000), "lnbc1"), read);
        Assert.Equal(new(null, null, null, null, null, null), Nip90Words.ReadAnswer([["amount", "-5", ""]]));
        Assert.Equal(6_001, Nip90Words.ResultKind(5_001));
    }
}
