using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nostr;

public class Nip17Tests
{
    static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    static readonly EncryptedFile Picture = new("image/png", "aes-gcm", "k", "n", new('a', 64), 12);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>NIP-17, "Examples": one wrap for the receiver, one for the sender.</summary>
    [Fact]
    public async Task The_wraps_of_the_nip_open_for_both()
    {
        var vectors = Vectors.Read("nip17.json");
        var nsecs = vectors.GetProperty("nsecs").EnumerateArray().Select(nsec => nsec.GetString()!).ToArray();
        var wraps = vectors.GetProperty("wraps").EnumerateArray().Select(Event).ToArray();
        using var sender = Nip19Words.TryReadSecret(nsecs[0])!;
        using var receiver = Nip19Words.TryReadSecret(nsecs[1])!;

        var heard = await Nip17Words.OpenAsync(new LocalSigner(receiver), wraps[0], Ct);
        var own = await Nip17Words.OpenAsync(new LocalSigner(sender), wraps[1], Ct);

        Assert.Equal(("Hola, que tal?", sender.Pubkey), (heard.Text, heard.Author));
        Assert.Equal([receiver.Pubkey], heard.Receivers);
        Assert.Equal((heard.Id, heard.Text, heard.Author), (own.Id, own.Text, own.Author));
        Assert.All(wraps, wrap => Assert.NotNull(VerifiedEvent.TryVerify(wrap, out _)));
    }

    [Fact]
    public async Task Everybody_in_the_room_and_the_author_get_a_wrap_of_their_own()
    {
        using var author = SecretKey.Generate();
        using var first = SecretKey.Generate();
        using var second = SecretKey.Generate();
        var reply = new string('e', 64);
        var said = Nip17Words.Message(
            [first.Pubkey, second.Pubkey, author.Pubkey], "hello", Now.ToUnixTimeSeconds(), "plans", reply);

        var wraps = await Nip17Words.WrapAsync(new LocalSigner(author), said, Now, Ct);

        SecretKey[] heads = [first, second, author];
        Assert.Equal(heads.Select(head => head.Pubkey), wraps.Select(wrap => wrap.Tag("p")));
        Assert.Equal(wraps.Count, wraps.Select(wrap => wrap.Pubkey).Distinct().Count());
        Assert.All(wraps, wrap => Assert.InRange(wrap.CreatedAt, Now.ToUnixTimeSeconds() - 172_800, 1_700_000_000));
        foreach (var (head, wrap) in heads.Zip(wraps))
        {
            var read = await Nip17Words.OpenAsync(new LocalSigner(head), wrap, Ct);
            Assert.Equal(
                (author.Pubkey, "hello", "plans", reply), (read.Author, read.Text, read.Subject, read.ReplyTo));
            Assert.Equal([first.Pubkey, second.Pubkey, author.Pubkey], read.Receivers);
        }
    }

    [Fact]
    public async Task A_file_comes_with_what_opens_it_and_does_not_print_it()
    {
        using var author = SecretKey.Generate();
        var said = Nip17Words.FileMessage([], "https://blossom.example/x", Picture, 1);
        var wrap = Assert.Single(await Nip17Words.WrapAsync(new LocalSigner(author), said, Now, Ct));

        var read = await Nip17Words.OpenAsync(new LocalSigner(author), wrap, Ct);

        Assert.Equal(("https://blossom.example/x", Picture), (read.Text, read.File));
        Assert.DoesNotContain("k", Picture.ToString().Replace("key hidden", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_no_message_and_too_large_a_room_are_refused()
    {
        using var author = SecretKey.Generate();
        var signer = new LocalSigner(author);
        foreach (var other in new EventTemplate[] { new(1, 1, [], "x"), new(Nip17Words.FileKind, 1, [], "x") })
        {
            var wrap = await Nip59Words.WrapAsync(signer, author.Pubkey, other, 1, 1, Ct);
            var refused = await Assert.ThrowsAsync<ProblemException>(() => Nip17Words.OpenAsync(signer, wrap, Ct));
            Assert.Equal(EncryptionProblems.NoMessage, refused.Problem);
        }

        var crowd = Nip17Words.Message(Enumerable.Range(10, 11).Select(i => new string('a', 62) + $"{i}"), "x", 1);
        var many = await Assert.ThrowsAsync<ProblemException>(() => Nip17Words.WrapAsync(signer, crowd, Now, Ct));
        Assert.Equal(EncryptionProblems.TooManyReceivers, many.Problem);
    }

    [Fact]
    public void Relays_for_messages_are_listed_and_read()
    {
        var list = Nip17Words.RelayList(["wss://inbox.nostr.wine", "wss://myrelay.nostr1.com"], 1);

        Assert.Equal((10_050, ""), (list.Kind, list.Content));
        Assert.Equal([["relay", "wss://inbox.nostr.wine"], ["relay", "wss://myrelay.nostr1.com"]], list.Tags);
        string[][] odd = [.. list.Tags, ["relay", "WSS://inbox.nostr.wine/"], ["relay", "http://x"], ["relay"]];
        Assert.Equal(
            ["wss://inbox.nostr.wine", "wss://myrelay.nostr1.com"],
            Nip17Words.Relays(new("", "", 1, list.Kind, odd, "", "")));
    }

    static NostrEvent Event(JsonElement value) =>
        EventJson.TryParse(JsonSerializer.SerializeToUtf8Bytes(value), out _)!;
}
