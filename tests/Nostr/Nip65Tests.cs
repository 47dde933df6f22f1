namespace PoA.Nostr.Tests.Nostr;

public class Nip65Tests
{
    /// <summary>The example of NIP-65.</summary>
    static readonly NostrEvent Example = new("", "", 0, Nip65Words.Kind,
    [
        ["r", "wss://alicerelay.example.com"],
        ["r", "wss://brando-relay.com"],
        ["r", "wss://expensive-relay.example2.com", "write"],
        ["r", "wss://nostr-relay.example.com", "read"],
    ], "", "");

    [Fact]
    public void A_relay_without_a_marker_is_for_both()
    {
        Assert.Equal(
            ["wss://alicerelay.example.com", "wss://brando-relay.com", "wss://nostr-relay.example.com"],
            Nip65Words.Read(Example));
        Assert.Equal(
            ["wss://alicerelay.example.com", "wss://brando-relay.com", "wss://expensive-relay.example2.com"],
            Nip65Words.Write(Example));
    }

    [Theory]
    [InlineData(" WSS://Relay.Example.com:443/ ", "wss://relay.example.com")]
    [InlineData("wss://relay.example.com/a?b=c#d", "wss://relay.example.com/a?b=c")]
    [InlineData("ws://127.0.0.1:7777/", "ws://127.0.0.1:7777")]
    [InlineData("https://relay.example.com", null)]
    [InlineData("wss://user@relay.example.com", null)]
    [InlineData("relay.example.com", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Addresses_have_one_spelling_or_none(string? address, string? expected) =>
        Assert.Equal(expected, Nip65Words.Normal(address));

    [Fact]
    public void What_is_listed_is_read_and_nothing_twice()
    {
        var list = Nip65Words.List(["wss://a.example/", "wss://a.example", "nonsense"], 0);
        Assert.Equal(["wss://a.example"], Nip65Words.Write(Example with { Tags = list.Tags }));
    }
}
