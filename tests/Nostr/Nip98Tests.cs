namespace PoA.Nostr.Tests.Nostr;

public class Nip98Tests
{
    static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_682_327_852);

    /// <summary>The event that NIP-98 prints, signed anew: the id printed with it is not its hash.</summary>
    [Fact]
    public void The_request_of_the_nip_is_met_by_its_event_alone()
    {
        using var key = SecretKey.Generate();
        const string url = "https://api.snort.social/api/v1/n5sp/list";
        var signed = key.Sign(Nip98Words.Request("GET", url, [], 1_682_327_852));

        Assert.Equal([["u", url], ["method", "GET"]], signed.Tags);
        Assert.Null(Refuse(signed, "GET", url));
        Assert.Equal(AuthProblems.WrongPlace, Refuse(signed, "POST", url));
        Assert.Equal(AuthProblems.WrongPlace, Refuse(signed, "GET", url + "?x"));
    }

    [Fact]
    public void A_body_is_bound_and_a_minute_is_all_there_is()
    {
        using var key = SecretKey.Generate();
        var body = "{}"u8.ToArray();
        var signed = key.Sign(Nip98Words.Request("PUT", "https://a.example/x", body, Now.ToUnixTimeSeconds()));
        var read = Nip98Words.TryRead(Nip98Words.Header(signed), out _)!.Event;
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body));

        Assert.Null(Nip98Words.Refuse(read, "PUT", "https://a.example/x", hash, Now.AddSeconds(60)));
        Assert.Equal(
            AuthProblems.WrongPayload, Nip98Words.Refuse(read, "PUT", "https://a.example/x", new('0', 64), Now));
        Assert.Equal(
            AuthProblems.WrongTime, Nip98Words.Refuse(read, "PUT", "https://a.example/x", hash, Now.AddSeconds(61)));
        Assert.Equal(
            AuthProblems.WrongKind, Nip98Words.Refuse(read with { Kind = 1 }, "PUT", "https://a.example/x", hash, Now));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer x")]
    [InlineData("Nostr ")]
    [InlineData("Nostr !!!")]
    [InlineData("Nostr e30=")]
    public void Anything_else_is_refused(string? header)
    {
        Assert.Null(Nip98Words.TryRead(header, out var problem));
        Assert.NotNull(problem);
    }

    static Problem? Refuse(NostrEvent signed, string method, string url) =>
        Nip98Words.Refuse(signed, method, url, null, Now);
}
