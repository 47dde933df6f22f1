namespace PoA.Nostr.Tests.Nostr;

/// <summary>The examples of NIP-19 and NIP-21, and what must not pass.</summary>
public class Nip19Tests
{
    const string Jack = "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d";
    const string Profile =
        "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9" +
        "ejuumpv34kytnrdaksjlyr9p";

    [Theory]
    [InlineData("npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6", Jack)]
    [InlineData(
        "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg",
        "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e")]
    public void Public_keys_are_written_and_read(string npub, string pubkey)
    {
        Assert.Equal(npub, Nip19Words.Npub(pubkey));
        Assert.Equivalent(new NostrEntity.Profile(pubkey, []), Nip19Words.TryRead(npub), strict: true);
        Assert.Equal(pubkey, Nip19Words.TryReadPubkey(npub.ToUpperInvariant()));
        Assert.Equal(pubkey, Nip19Words.TryReadPubkey("nostr:" + npub));
        Assert.Equal(pubkey, Nip19Words.TryReadPubkey(pubkey));
    }

    [Fact]
    public void Secret_keys_are_read_where_they_are_asked_for_and_nowhere_else()
    {
        const string nsec = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
        using var key = Nip19Words.TryReadSecret(nsec)!;

        Assert.Equal(
            "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa", Convert.ToHexStringLower(key.Reveal()));
        Assert.Equal(nsec, Nip19Words.Nsec(key));
        Assert.Null(Nip19Words.TryRead(nsec));
        Assert.Null(Nip21Words.TryRead("nostr:" + nsec));
        Assert.Null(Nip19Words.TryReadSecret(Nip19Words.Npub(key.Pubkey)));
        Assert.Null(Nip19Words.TryReadSecret(new('0', 64)));
    }

    [Fact]
    public void A_profile_carries_its_relays()
    {
        var read = Assert.IsType<NostrEntity.Profile>(Nip19Words.TryRead(Profile));

        Assert.Equal(Jack, read.Pubkey);
        Assert.Equal(["wss://r.x.com", "wss://djbas.sadkb.com"], read.Relays);
        Assert.Equal(Profile, Nip19Words.Write(read));
        Assert.Equal("nostr:" + Profile, Nip21Words.Write(read));
    }

    public static TheoryData<NostrEntity> Entities =>
    [
        new NostrEntity.Event(Jack, []),
        new NostrEntity.Event(Jack, ["wss://a.example"], Jack, 65_535),
        new NostrEntity.Event(Jack, [], Kind: 0),
        new NostrEntity.Address(30_023, Jack, "", []),
        new NostrEntity.Address(31_990, Jack, "ünï😀", ["wss://a.example", "wss://b.example"]),
    ];

    [Theory]
    [MemberData(nameof(Entities), DisableDiscoveryEnumeration = true)]
    public void What_is_written_is_read_back(NostrEntity entity) =>
        Assert.Equivalent(entity, Nip19Words.TryRead(Nip19Words.Write(entity)), strict: true);

    [Theory]
    [InlineData("")]
    [InlineData("npub1")]
    [InlineData("npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w7")]
    [InlineData("Npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6")]
    [InlineData("npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6wb")]
    [InlineData("npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6 ")]
    [InlineData("nostr:nostr:npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6")]
    public void Anything_else_is_refused(string text)
    {
        Assert.Null(Nip19Words.TryRead(text));
        Assert.Null(Nip21Words.TryRead(text));
    }

    [Fact]
    public void Unknown_items_are_skipped_and_broken_ones_refused()
    {
        var key = Convert.FromHexString(Jack);
        byte[] unknown = [7, 1, 0, 0, 32, .. key];
        byte[] cut = [0, 32, .. key, 1, 9, 0];
        byte[] kindTooLarge = [0, 32, .. key, 3, 4, 0, 1, 0, 0];

        Assert.IsType<NostrEntity.Profile>(Nip19Words.TryRead(Crypto.Bech32.Encode("nprofile", unknown)));
        Assert.Null(Nip19Words.TryRead(Crypto.Bech32.Encode("nprofile", cut)));
        Assert.Null(Nip19Words.TryRead(Crypto.Bech32.Encode("nevent", kindTooLarge)));
        Assert.Null(Nip19Words.TryRead(Crypto.Bech32.Encode("naddr", [0, 0])));
        Assert.Null(Nip19Words.TryRead(Crypto.Bech32.Encode("npub", key.AsSpan(1))));
        Assert.Null(Nip19Words.TryRead(Crypto.Bech32.Encode("nprofile", [0, 32, .. key, .. new byte[4_000]])));
    }

    [Theory]
    [InlineData("A12UEL5L", "a", "")]
    [InlineData("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs", null, "")]
    [InlineData("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef", "00443214c74254b635cf84653a56d7c675be77df")]
    public void Bip_173_texts_are_read(string text, string? prefix, string bytes)
    {
        Assert.True(Crypto.Bech32.TryDecode(text, 90, out var readPrefix, out var read));
        if (prefix is not null) Assert.Equal(prefix, readPrefix);
        Assert.Equal(bytes, Convert.ToHexStringLower(read));
    }
}
