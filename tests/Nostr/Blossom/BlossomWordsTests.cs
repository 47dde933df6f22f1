using System.Buffers.Text;
using System.Text;
using PoA.Nostr.Blossom;

namespace PoA.Nostr.Tests.Nostr.Blossom;

public class BlossomWordsTests
{
    const string Hash = "b1674191a88ec5cdd733e4240a81803105dc412d6c6708d53ab94fc248f4f553";
    const string Author = "ec4425ff5e9446080d2f70440188e3ca5d6da8713db7bdeef73d0ed54d9093f0";

    static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Fact]
    public void A_token_is_padded_base64_and_unpadded_base64url_at_once()
    {
        for (var i = 0; i < 300; i++)
        {
            using var key = SecretKey.Generate();
            var token = key.Sign(BlossomWords.Token("upload", [Hash], new('x', i % 7), Now));

            var header = BlossomWords.Header(token);

            Assert.StartsWith("Nostr ", header, StringComparison.Ordinal);
            var text = header["Nostr ".Length..];
            Assert.DoesNotContain(text, c => c is '+' or '/' or '-' or '_' or '=');
            Assert.Equal(Convert.FromBase64String(text), Base64Url.DecodeFromChars(text));
            Assert.Equal(token.Id, EventJson.TryParse(Convert.FromBase64String(text), out _)!.Id);
        }
    }

    [Fact]
    public void A_token_is_for_one_verb_and_one_blob_and_a_few_minutes_and_any_server()
    {
        var token = BlossomWords.Token("delete", [Hash], "Delete a blob", Now);

        Assert.Equal([["t", "delete"], ["expiration", "1800000300"], ["x", Hash]], token.Tags);
        Assert.Equal((24_242, 1_799_999_995), (token.Kind, token.CreatedAt));
    }

    [Fact]
    public void A_server_list_is_read_in_order_once_each_without_what_is_no_server()
    {
        using var key = SecretKey.Generate();
        var list = key.Sign(new(
            10_063, 1,
            [
                ["server", "https://cdn.example.com/"], ["server", "ftp://files.example"], ["server"],
                ["r", "https://no.example"],
                ["server", "http://127.0.0.1:3000"], ["server", "https://cdn.example.com"], ["server", "https://u:p@x"],
            ], ""));

        Assert.Equal([new("https://cdn.example.com"), new("http://127.0.0.1:3000")], BlossomWords.Servers(list));
        Assert.Equal(
            [["server", "https://cdn.example.com"], ["server", "http://127.0.0.1:3000"]],
            BlossomWords.ServerList(BlossomWords.Servers(list), 1).Tags);
        Assert.Empty(BlossomWords.Servers(list with { Kind = 10_002 }));
    }

    /// <summary>The examples of BUD-10.</summary>
    [Theory]
    [InlineData($"blossom:{Hash}.pdf", "pdf", "", "", null)]
    [InlineData($"blossom:{Hash}.bin", "bin", "", "", null)]
    [InlineData($"blossom:{Hash}.pdf?xs=cdn.example.com", "pdf", "https://cdn.example.com/ http://cdn.example.com/", "",
        null)]
    [InlineData($"blossom:{Hash}.png?as={Author}&sz=184292", "png", "", Author, 184_292L)]
    [InlineData($"blossom:{Hash}.pdf?xs=https://cdn.satellite.earth", "pdf", "https://cdn.satellite.earth/", "", null)]
    [InlineData($"blossom:{Hash}.pdf?xs=a.example&as={Author}&xs=http%3A%2F%2F127.0.0.1%3A7&sz=1", "pdf",
        "https://a.example/ http://a.example/ http://127.0.0.1:7/", Author, 1L)]
    public void A_blossom_uri_says_where_a_blob_may_be(
        string text, string extension, string addresses, string authors, long? size)
    {
        var uri = BlossomUri.TryParse(text)!;

        Assert.Equal((Hash, extension, size), (uri.Sha256, uri.Extension, uri.Size));
        Assert.Equal(addresses, string.Join(' ', uri.Addresses));
        Assert.Equal(authors, string.Join(' ', uri.Authors));
        Assert.Equivalent(uri, BlossomUri.TryParse(uri.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData($"https://cdn.example.com/{Hash}.pdf")]
    [InlineData($"blossom:{Hash}")]
    [InlineData($"blossom:{Hash}.")]
    [InlineData($"blossom:{Hash}.a/b")]
    [InlineData("blossom:B1674191A88EC5CDD733E4240A81803105DC412D6C6708D53AB94FC248F4F553.pdf")]
    [InlineData("blossom:../../etc/passwd.txt")]
    public void What_is_no_blossom_uri_is_none(string text) => Assert.Null(BlossomUri.TryParse(text));

    [Theory]
    [InlineData("?sz=0")]
    [InlineData("?sz=-4")]
    [InlineData("?sz=1e3")]
    [InlineData("?as=npub1xyz")]
    [InlineData("?xs=user:pass@evil.example")]
    [InlineData("?xs=file:///etc/passwd")]
    [InlineData("?xs=")]
    [InlineData("?&&=&x")]
    public void A_hint_that_cannot_be_read_is_left_out(string query)
    {
        var uri = BlossomUri.TryParse($"blossom:{Hash}.bin{query}")!;

        Assert.Empty(uri.Addresses);
        Assert.Empty(uri.Authors);
        Assert.Null(uri.Size);
    }

    [Fact]
    public void A_uri_of_an_uploaded_blob_names_its_servers_its_author_and_its_size()
    {
        var blob = BlobContent.Of(Encoding.UTF8.GetBytes("hello"), "text/plain; charset=utf-8");
        var text = BlossomUri.Of(blob, [new("http://127.0.0.1:7780")], Author).ToString();

        Assert.Equal($"blossom:{blob.Sha256}.txt?xs=http%3A%2F%2F127.0.0.1%3A7780&as={Author}&sz=5", text);
    }
}
