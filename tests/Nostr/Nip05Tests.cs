using System.Text;
using Microsoft.AspNetCore.Http;
using PoA.Nostr.Fetch;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nostr;

public class Nip05Tests
{
    /// <summary>The key and the document of NIP-05's example.</summary>
    const string Bob = "b0635d6a9851d3aed0cd6c495b282167acf761729078d975fc341b22650b07b9";

    const string Example = $$$"""
        {"names":{"bob":"{{{Bob}}}"},
         "relays":{"{{{Bob}}}":["wss://relay.example.com","wss://relay2.example.com"]}}
        """;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bob@example.com", "bob", "example.com", "bob@example.com")]
    [InlineData(" Bob@Example.COM ", "bob", "example.com", "bob@example.com")]
    [InlineData("_@bob.com", "_", "bob.com", "bob.com")]
    [InlineData("bob.com", "_", "bob.com", "bob.com")]
    [InlineData("a-b_c.9@münchen.example", "a-b_c.9", "xn--mnchen-3ya.example", "a-b_c.9@xn--mnchen-3ya.example")]
    public void A_name_is_read_and_shown(string text, string local, string domain, string shown)
    {
        var name = Nip05Words.TryRead(text);

        Assert.Equal(new InternetIdentifier(local, domain), name);
        Assert.Equal(shown, name!.ToString());
        Assert.Equal($"https://{domain}/.well-known/nostr.json?name={local}", Nip05Words.Address(name).AbsoluteUri);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@example.com")]
    [InlineData("bob@")]
    [InlineData("bob@localhost")]
    [InlineData("bob@127.0.0.1")]
    [InlineData("bob@127.1")]
    [InlineData("bob@[::1]")]
    [InlineData("bob@example.com:8080")]
    [InlineData("bob@example.com/x")]
    [InlineData("bob@example.com?x=y")]
    [InlineData("bob@a@example.com")]
    [InlineData("bob+1@example.com")]
    [InlineData("bob&name=eve@example.com")]
    [InlineData("bob smith@example.com")]
    [InlineData("büb@example.com")]
    public void Anything_else_is_no_name(string? text) => Assert.Null(Nip05Words.TryRead(text));

    [Fact]
    public void The_example_of_the_nip_says_whose_the_name_is()
    {
        var found = Nip05Words.Find(Encoding.UTF8.GetBytes(Example), "bob");

        Assert.Equal(Bob, found!.Pubkey);
        Assert.Equal(["wss://relay.example.com", "wss://relay2.example.com"], found.Relays);
        Assert.Null(Nip05Words.Find(Encoding.UTF8.GetBytes(Example), "alice"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"names\":[]}")]
    [InlineData("{\"names\":{\"bob\":1}}")]
    [InlineData("{\"names\":{\"bob\":\"npub1sn0wdenkukak0d9dfczzeacvhkrgz92ak56egt7vdgzn8pv2wfqqhrjdv9\"}}")]
    [InlineData("{\"names\":{\"bob\":\"B0635D6A9851D3AED0CD6C495B282167ACF761729078D975FC341B22650B07B9\"}}")]
    [InlineData("{\"names\":{\"bob\":\"\\ud800\"}}")]
    [InlineData("{\"names\":{\"\\ud800\":\"x\"}}")]
    public void A_document_without_sense_names_nobody(string document) =>
        Assert.Null(Nip05Words.Find(Encoding.UTF8.GetBytes(document), "bob"));

    [Fact]
    public async Task A_document_is_fetched_and_a_redirect_ignored()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            if (context.Request.Path == "/moved") context.Response.Redirect("/.well-known/nostr.json");
            return context.Request.Path == "/moved" ? Task.CompletedTask : context.Response.WriteAsync(Example, Ct);
        });
        using var fetch = new SafeFetch(new([server.Endpoint]));

        var found = await Nip05Words.FindAsync(fetch, new(server.Url, "/.well-known/nostr.json"), "bob", Ct);
        Assert.Equal(Bob, found!.Pubkey);

        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Nip05Words.FindAsync(fetch, new(server.Url, "/moved"), "bob", Ct));
        Assert.Equal(FetchProblems.TooManyRedirects, refused.Problem);
    }

    [Fact]
    public async Task A_document_without_end_is_given_up()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var part = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
        });
        using var fetch = new SafeFetch(new([server.Endpoint]));

        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Nip05Words.FindAsync(fetch, server.Url, "bob", Ct));
        Assert.Equal(FetchProblems.TooLarge, refused.Problem);
    }

    [Fact]
    public async Task A_name_at_a_private_place_is_not_asked_for()
    {
        using var fetch = new SafeFetch(new([], (_, _) => Task.FromResult(new[] { System.Net.IPAddress.Loopback })));
        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Nip05Words.BelongsToAsync(fetch, new("bob", "example.com"), Bob, Ct));
        Assert.Equal(FetchProblems.NotPublic, refused.Problem);
    }
}
