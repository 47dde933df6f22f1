using System.Text;

namespace PoA.Nostr.Tests.Nostr;

/// <summary>The example of NIP-57 itself: the request inside the receipt of appendix E.</summary>
public sealed class Nip57Tests
{
    static readonly string Wallet = new('9', 64);

    [Fact]
    public void The_tags_of_a_request_are_read_as_they_were_written()
    {
        using var payer = SecretKey.Generate();
        var wanted = new ZapRequest(
            null!, new('a', 64), new('b', 64), $"30023:{new string('c', 64)}:slug", "30023", new(21_000), "lnurl1x",
            ["wss://one.example", "wss://two.example"]);
        var json = Json(payer.Sign(Nip57Words.Request(wanted, "Zap!", 1_700_000_000)));

        var read = Nip57Words.TryReadRequest(json, new(21_000), Wallet, out var problem);

        Assert.Null(problem);
        Assert.Equivalent(wanted with { Event = read!.Event }, read);
        Assert.Equal("Zap!", read.Comment);
    }

    [Fact]
    public void Another_amount_in_the_query_is_refused()
    {
        using var payer = SecretKey.Generate();
        var wanted = new ZapRequest(null!, new('a', 64), null, null, null, new(21_000), null, ["wss://one.example"]);
        var json = Json(payer.Sign(Nip57Words.Request(wanted, "", 1_700_000_000)));

        Assert.Null(Nip57Words.TryReadRequest(json, new(22_000), Wallet, out var problem));
        Assert.Contains("amount", problem!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[["relays","wss://r"],["p","x"]]""")]
    [InlineData("""[["p","KEY"]]""")]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["p","KEY"]]""")]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["e","KEY"],["e","KEY"]]""")]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["P","KEY"]]""")]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["P","KEY"],["P","KEY"]]""")]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["e","x"]]""")]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["a","1:2"]]""")]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["amount","x"]]""")]
    public void What_appendix_D_forbids_is_refused(string tags)
    {
        using var payer = SecretKey.Generate();
        var parsed = System.Text.Json.JsonSerializer.Deserialize<string[][]>(
            tags.Replace("KEY", new('a', 64), StringComparison.Ordinal))!;
        var json = Json(payer.Sign(new(9_734, 1_700_000_000, parsed, "")));

        Assert.Null(Nip57Words.TryReadRequest(json, new(1_000), Wallet, out var problem));
        Assert.NotNull(problem);
    }

    static string Json(NostrEvent e) => Encoding.UTF8.GetString(EventJson.Write(e));
}
