using System.Text;

namespace PoA.Nostr.Tests.Nostr;

/// <summary>Messages between client and relay, and filters, as NIP-01, 42, 45 and 77 write them.</summary>
public class Nip01Tests
{
    static readonly string A = new('a', 64);
    static readonly string B = new('b', 64);
    static readonly NostrEvent Note = new(A, B, 1_700_000_000, 1, [["t", "x"], []], "ü\u0001\n😀", new('c', 128));

    static readonly Filter Everything = new()
    {
        Ids = [A],
        Authors = [B],
        Kinds = [1, 65_535],
        Tags = new Dictionary<char, IReadOnlyList<string>> { ['e'] = [A], ['d'] = [""], ['T'] = ["x\"y"] },
        Since = 0,
        Until = 1_700_000_000,
        Limit = 0,
    };

    public static TheoryData<string, ClientMessage> ClientWords => new()
    {
        { "EVENT", new ClientMessage.Publish(Note) },
        { "AUTH", new ClientMessage.Auth(Note) },
        { "REQ", new ClientMessage.Request("s", [Everything, new()]) },
        { "COUNT", new ClientMessage.Count("s", [Everything]) },
        { "CLOSE", new ClientMessage.Close("s\"\\") },
        { "NEG-OPEN", new ClientMessage.NegOpen("s", Everything, [0x61, 0]) },
        { "NEG-MSG", new ClientMessage.NegMessage("s", [0x61]) },
        { "NEG-CLOSE", new ClientMessage.NegClose("s") },
    };

    [Theory]
    [MemberData(nameof(ClientWords), DisableDiscoveryEnumeration = true)]
    public void What_a_client_says_is_read_back(string verb, ClientMessage message)
    {
        var wire = ClientMessages.Write(message);

        Assert.StartsWith($"[\"{verb}\"", Encoding.UTF8.GetString(wire), StringComparison.Ordinal);
        Assert.Equivalent(message, ClientMessages.Parse(wire), strict: true);
    }

    public static TheoryData<string, RelayMessage> RelayWords => new()
    {
        { "EVENT", new RelayMessage.Delivery("s", Note) },
        { "OK", new RelayMessage.Ok(A, true, "") },
        { "OK", new RelayMessage.Ok(A, false, "invalid: no") },
        { "EOSE", new RelayMessage.EndOfStored("s") },
        { "CLOSED", new RelayMessage.Closed("s", "auth-required: \"sign\" in") },
        { "NOTICE", new RelayMessage.Notice("hello\n") },
        { "AUTH", new RelayMessage.Challenge("c") },
        { "COUNT", new RelayMessage.Count("s", 5_000_000_000) },
        { "NEG-MSG", new RelayMessage.NegMessage("s", [0x61, 0xff]) },
        { "NEG-ERR", new RelayMessage.NegError("s", "blocked: too big") },
    };

    [Theory]
    [MemberData(nameof(RelayWords), DisableDiscoveryEnumeration = true)]
    public void What_a_relay_says_is_read_back(string verb, RelayMessage message)
    {
        var wire = RelayMessages.Write(message);

        Assert.StartsWith($"[\"{verb}\"", Encoding.UTF8.GetString(wire), StringComparison.Ordinal);
        Assert.Equivalent(message, RelayMessages.Parse(wire), strict: true);
    }

    [Theory]
    [InlineData(
        """["OK","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",true]""",
        typeof(RelayMessage.Ok))]
    [InlineData("""["CLOSED","s"]""", typeof(RelayMessage.Closed))]
    [InlineData("""["EOSE","s",{"more":[1,2]},3]""", typeof(RelayMessage.EndOfStored))]
    [InlineData("""["NEG-ERR","s","blocked: too big",500]""", typeof(RelayMessage.NegError))]
    [InlineData("""["COUNT","s",{"approximate":true,"count":3,"hll":"00"}]""", typeof(RelayMessage.Count))]
    public void What_foreign_relays_add_or_leave_out_is_taken(string wire, Type expected) =>
        Assert.IsType(expected, RelayMessages.Parse(Encoding.UTF8.GetBytes(wire)));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("""["EOSE"]""")]
    [InlineData("""["EOSE","s"]]""")]
    [InlineData("""["EOSE","s"] []""")]
    [InlineData("""["EOSE","\ud800"]""")]
    [InlineData("""["OK","short",true,""]""")]
    [InlineData("""["COUNT","s",{"count":-1}]""")]
    [InlineData("""["NEG-MSG","s","6"]""")]
    [InlineData("""["NEG-MSG","s","6A"]""")]
    [InlineData("""["EVENT","s",{}]""")]
    [InlineData("""["EVENT","s"]""")]
    [InlineData("""["WHAT","s"]""")]
    public void Garbage_from_a_relay_is_unreadable(string wire) =>
        Assert.IsType<RelayMessage.Unreadable>(RelayMessages.Parse(Encoding.UTF8.GetBytes(wire)));

    [Theory]
    [InlineData("", null, null)]
    [InlineData("[", null, null)]
    [InlineData("null", null, null)]
    [InlineData("""["WHAT","s"]""", null, null)]
    [InlineData("""["REQ"]""", "REQ", null)]
    [InlineData("""["REQ",""]""", "REQ", null)]
    [InlineData("""["REQ","s"]""", "REQ", "s")]
    [InlineData("""["REQ","s",[]]""", "REQ", "s")]
    [InlineData("""["REQ","s",{},"x"]""", "REQ", "s")]
    [InlineData("""["REQ","s",{}""", "REQ", "s")]
    [InlineData("""["REQ","s",{}] 1""", "REQ", "s")]
    [InlineData("""["CLOSE","s","more"]""", "CLOSE", "s")]
    [InlineData("""["NEG-OPEN","s",{},"zz"]""", "NEG-OPEN", "s")]
    [InlineData("""["NEG-OPEN","s",{}]""", "NEG-OPEN", "s")]
    [InlineData("""["EVENT",{"id":"short"}]""", "EVENT", null)]
    [InlineData("""["EVENT",{"kind":1,"id":"A64"}]""", "EVENT", "A64")]
    public void Garbage_from_a_client_is_refused_by_what_it_named(string wire, string? verb, string? subject)
    {
        var utf8 = Encoding.UTF8.GetBytes(wire.Replace("A64", A, StringComparison.Ordinal));
        var refused = Assert.IsType<ClientMessage.Unreadable>(ClientMessages.Parse(utf8));

        Assert.Equal(verb, refused.Verb);
        Assert.Equal(subject == "A64" ? A : subject, refused.Subject);
    }

    [Fact]
    public void A_subscription_id_longer_than_64_characters_is_refused()
    {
        Assert.IsType<ClientMessage.Close>(ClientMessages.Parse(JsonText.Strings("CLOSE", new('s', 64))));
        Assert.IsType<ClientMessage.Unreadable>(ClientMessages.Parse(JsonText.Strings("CLOSE", new('s', 65))));
    }

    [Fact]
    public void Messages_and_events_over_their_limits_are_refused_by_size()
    {
        var large = Note with { Content = new('x', Limits.EventBytesMax) };
        var refused = Assert.IsType<ClientMessage.Unreadable>(
            ClientMessages.Parse(ClientMessages.Write(new ClientMessage.Publish(large))));
        Assert.Equal((EventProblems.TooLarge, A), (refused.Problem, refused.Subject));

        var notice = RelayMessages.Write(new RelayMessage.Notice(new('x', Limits.RelayMessageBytesMax)));
        var unread = Assert.IsType<RelayMessage.Unreadable>(RelayMessages.Parse(notice));
        Assert.Equal(MessageProblems.TooLarge, unread.Problem);
    }

    [Fact]
    public void An_event_that_is_json_already_is_framed_as_it_is()
    {
        var framed = RelayMessages.WriteEvent("\u0001s", EventJson.Write(Note));

        Assert.Equal(RelayMessages.Write(new RelayMessage.Delivery("\u0001s", Note)), framed);
        Assert.Equivalent(new RelayMessage.Delivery("\u0001s", Note), RelayMessages.Parse(framed), strict: true);
    }

    [Theory]
    [InlineData("""{"ids":["aaaa"]}""")]
    [InlineData("""{"authors":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]}""")]
    [InlineData("""{"#e":["aaaa"]}""")]
    [InlineData("""{"#p":[1]}""")]
    [InlineData("""{"#t":"x"}""")]
    [InlineData("""{"#t":["x",["y"]]}""")]
    [InlineData("""{"#t":["x"],"#t":["y"]}""")]
    [InlineData("""{"kinds":[65536]}""")]
    [InlineData("""{"kinds":[-1]}""")]
    [InlineData("""{"kinds":[1.5]}""")]
    [InlineData("""{"kinds":["1"]}""")]
    [InlineData("""{"kinds":1}""")]
    [InlineData("""{"kinds":[1],"kinds":[2]}""")]
    [InlineData("""{"since":-1}""")]
    [InlineData("""{"since":1700000000.5}""")]
    [InlineData("""{"until":"1"}""")]
    [InlineData("""{"limit":null}""")]
    [InlineData("""{"limit":-1}""")]
    [InlineData("""{"ids":null}""")]
    [InlineData("""[]""")]
    [InlineData("""{} {}""")]
    [InlineData("""{"kinds":[1]""")]
    public void A_filter_of_the_wrong_shape_is_refused(string json)
    {
        Assert.Null(FilterJson.TryParse(Encoding.UTF8.GetBytes(json), out var problem));
        Assert.Equal(MessageProblems.WrongFilter.Code, problem!.Code);
        Assert.StartsWith("invalid: ", problem.RelayReason(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"search":"x"}""")]
    [InlineData("""{"#tt":["x"]}""")]
    [InlineData("""{"#1":["x"]}""")]
    [InlineData("""{"&t":["x"]}""")]
    public void A_condition_that_we_do_not_know_is_refused_as_unsupported(string json)
    {
        Assert.Null(FilterJson.TryParse(Encoding.UTF8.GetBytes(json), out var problem));
        Assert.StartsWith("unsupported: ", problem!.RelayReason(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_escaped_key_and_an_enormous_limit_are_read_as_meant()
    {
        var filter = FilterJson.TryParse("""{"\u0023t":["x"],"limit":9007199254740991,"ids":[]}"""u8, out _)!;

        Assert.Equal(["x"], filter.Tags!['t']);
        Assert.Equal(int.MaxValue, filter.Limit);
        Assert.Empty(filter.Ids!);
    }

    [Fact]
    public void More_filters_or_values_than_the_limits_are_refused()
    {
        var many = Enumerable.Repeat(new Filter(), Limits.FiltersMax + 1).ToList();
        var wire = ClientMessages.Write(new ClientMessage.Request("s", many));
        Assert.IsType<ClientMessage.Unreadable>(ClientMessages.Parse(wire));

        var wide = new Filter { Kinds = [.. Enumerable.Repeat(1, Limits.FilterValuesMax + 1)] };
        Assert.Null(FilterJson.TryParse(FilterJson.Write(wide), out _));
    }
}
