using System.Text;

namespace PoA.Nostr.Tests.Nostr;

public class Nip11Tests
{
    /// <summary>The limits that NIP-11 prints, in a document with what relays add.</summary>
    const string Example = """
        {"name":"r","pubkey":"ab","supported_nips":[1,9,77,"50",1.5],"retention":[{"time":3600}],"software":null,
         "limitation":{"max_message_length":16384,"max_subscriptions":300,"max_limit":5000,"max_subid_length":100,
         "max_event_tags":100,"max_content_length":8196,"min_pow_difficulty":30,"auth_required":true,
         "payment_required":true,"restricted_writes":true,"created_at_lower_limit":31536000,
         "created_at_upper_limit":3,"default_limit":500,"max_filters":0,"max_event_length":"many"}}
        """;

    [Fact]
    public void The_limits_of_the_nip_are_read_and_what_is_odd_counts_as_missing()
    {
        var read = Nip11Words.TryRead(Encoding.UTF8.GetBytes(Example))!;

        Assert.Equal(("r", "ab", null), (read.Name, read.Pubkey, read.Software));
        Assert.Equal([1, 9, 77], read.SupportedNips);
        Assert.Equal(
            new RelayLimitation
            {
                MaxMessageLength = 16_384,
                MaxSubscriptions = 300,
                MaxLimit = 5_000,
                MaxSubidLength = 100,
                MaxEventTags = 100,
                MaxContentLength = 8_196,
                MinPowDifficulty = 30,
                AuthRequired = true,
                PaymentRequired = true,
                RestrictedWrites = true,
                CreatedAtLowerLimit = 31_536_000,
                CreatedAtUpperLimit = 3,
                DefaultLimit = 500,
            },
            read.Limitation);
    }

    [Fact]
    public void What_is_written_is_read_back_and_unknowns_are_left_out()
    {
        var said = new RelayInformation
        {
            Name = "ours",
            SupportedNips = [1, 45],
            Limitation = new() { MaxLimit = 500, AuthRequired = false },
        };

        var written = Nip11Words.Write(said);

        Assert.Equal(
            """{"name":"ours","supported_nips":[1,45],"limitation":{"max_limit":500,"auth_required":false}}""",
            Encoding.UTF8.GetString(written));
        Assert.Equivalent(said, Nip11Words.TryRead(written), strict: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("{\"name\":")]
    [InlineData("{\"name\":\"\\ud800\"}")]
    public void What_is_no_document_is_none(string text) =>
        Assert.Null(Nip11Words.TryRead(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("{\"limitation\":7,\"supported_nips\":{}}")]
    [InlineData("{\"name\":2,\"limitation\":{\"auth_required\":1,\"max_limit\":1e99}}")]
    public void A_document_of_wrong_types_says_nothing(string text) =>
        Assert.Equivalent(new RelayInformation(), Nip11Words.TryRead(Encoding.UTF8.GetBytes(text)), strict: true);
}
