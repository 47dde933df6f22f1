namespace PoA.Nostr.Tests.Nostr;

public class Nip89Tests
{
    /// <summary>The application of NIP-89's example.</summary>
    const string App = "1743058db7078661b94aaf4286429d97ee5257d14a86d6bfa54cb0482b876fb0";

    [Fact]
    public void The_recommendation_of_the_nip_is_read_and_written()
    {
        var read = Nip89Words.Recommended(Event(
            Nip89Words.RecommendationKind,
            [["d", "31337"], ["a", $"31990:{App}:abcd", "wss://relay1.example", "web"], ["a", $"1:{App}:x"], ["a"]]));

        var one = Assert.Single(read);
        Assert.Equal((App, "abcd", "web"), (one.Handler.Pubkey, one.Handler.Identifier, one.Platform));
        Assert.Equal(["wss://relay1.example"], one.Handler.Relays);
        var written = Nip89Words.Recommend(31_337, [one, new(new(31_990, App, "y", []))], 5);
        Assert.Equal(
            [["d", "31337"], ["a", $"31990:{App}:abcd", "wss://relay1.example", "web"], ["a", $"31990:{App}:y"]],
            written.Tags);
        Assert.Empty(Nip89Words.Recommended(Event(Nip89Words.RecommendationKind, [["a", $"31990:{App}:abcd"]])));
        Assert.Empty(Nip89Words.Recommended(Event(1, [["d", "1"], ["a", $"31990:{App}:abcd"]])));
    }

    [Fact]
    public void A_handler_has_an_address_and_its_kinds()
    {
        var tags = Nip89Words.HandlerTags("id", [5001, 5002], ["t", "text"]);
        Assert.Equal([["d", "id"], ["k", "5001"], ["k", "5002"], ["t", "text"]], tags);

        var read = Nip89Words.TryRead(Event(
            Nip89Words.HandlerKind, [.. tags, ["k", "5001"], ["k", "-1"], ["k", "70000"], ["k", "x"], ["k"]]))!;

        Assert.Equal([5001, 5002], read.Kinds);
        Assert.Equal($"31990:{App}:id", Nip89Words.Address(read.Address));
        Assert.Null(Nip89Words.TryRead(Event(Nip89Words.HandlerKind, [["k", "1"]])));
        Assert.Null(Nip89Words.TryRead(Event(1, tags)));
    }

    [Theory]
    [InlineData("30023:" + App + ":a:b:c", 30_023, "a:b:c")]
    [InlineData("10002:" + App + ":", 10_002, "")]
    public void Addresses_are_read_and_written_back(string text, int kind, string identifier)
    {
        var address = Nip89Words.TryReadAddress(text)!;
        Assert.Equal((kind, App, identifier), (address.Kind, address.Pubkey, address.Identifier));
        Assert.Equal(text, Nip89Words.Address(address));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("31990:" + App)]
    [InlineData("+1:" + App + ":x")]
    [InlineData("65536:" + App + ":x")]
    [InlineData("31990:abc:x")]
    public void Anything_else_is_no_address(string? text) => Assert.Null(Nip89Words.TryReadAddress(text));

    static NostrEvent Event(int kind, string[][] tags) => new("", App, 1, kind, tags, "", "");
}
