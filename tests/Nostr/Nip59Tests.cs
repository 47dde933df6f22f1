using System.Text;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nostr;

public class Nip59Tests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>NIP-59, "An Example": its keys open its wrap, and its seal is in it.</summary>
    [Fact]
    public async Task The_wrap_of_the_nip_holds_its_rumor()
    {
        var vectors = Vectors.Read("nip59.json");
        using var recipient = SecretKey.FromHex(vectors.GetProperty("keys").Text("recipient"));
        var rumor = vectors.GetProperty("rumor");
        var wrap = EventJson.TryParse(JsonSerializer.SerializeToUtf8Bytes(vectors.GetProperty("wrap")), out _)!;

        var read = await Nip59Words.UnwrapAsync(new LocalSigner(recipient), wrap, Ct);

        Assert.NotNull(VerifiedEvent.TryVerify(wrap, out _));
        Assert.Equal((rumor.Text("id"), rumor.Text("pubkey")), (read.Id, read.Pubkey));
        Assert.Equivalent(new EventTemplate(1, 1_691_518_405, [], rumor.Text("content")), read.Said, strict: true);
    }

    [Fact]
    public async Task What_is_wrapped_comes_out_with_its_author_and_nothing_shows_outside()
    {
        using var author = SecretKey.Generate();
        using var recipient = SecretKey.Generate();
        EventTemplate rumor = new(14, 1_700_000_000, [["p", recipient.Pubkey]], "Are you going?");

        var wrap = await Nip59Words.WrapAsync(new LocalSigner(author), recipient.Pubkey, rumor, 1, 2, Ct);
        var read = await Nip59Words.UnwrapAsync(new LocalSigner(recipient), wrap, Ct);

        Assert.NotNull(VerifiedEvent.TryVerify(wrap, out _));
        Assert.Equal((Nip59Words.WrapKind, 2), (wrap.Kind, wrap.CreatedAt));
        Assert.Equal([["p", recipient.Pubkey]], wrap.Tags);
        Assert.NotEqual(author.Pubkey, wrap.Pubkey);
        Assert.Equal(author.Pubkey, read.Pubkey);
        Assert.Equivalent(rumor, read.Said, strict: true);
        await Assert.ThrowsAsync<ProblemException>(() => Nip59Words.UnwrapAsync(new LocalSigner(author), wrap, Ct));
    }

    [Fact]
    public async Task A_rumor_of_another_author_than_its_seals_is_refused()
    {
        using var author = SecretKey.Generate();
        using var recipient = SecretKey.Generate();
        var own = $$"""{"pubkey":"{{author.Pubkey}}","created_at":1,"kind":14,"tags":[],"content":"x"}""";
        var others = own.Replace(author.Pubkey, recipient.Pubkey, StringComparison.Ordinal);

        Assert.Equal("x", (await SealedAsync(own)).Said.Content);
        foreach (var bad in new[] { others, own.Replace("14", "-1", StringComparison.Ordinal), "{}", "null", "[" })
        {
            await Assert.ThrowsAsync<ProblemException>(() => SealedAsync(bad));
        }

        Task<Rumor> SealedAsync(string rumor)
        {
            using var once = SecretKey.Generate();
            var inner = Nip44Words.Encrypt(Nip44Words.ConversationKey(author, recipient.Pubkey), rumor);
            var seal = EventJson.Write(author.Sign(new(Nip59Words.SealKind, 1, [], inner)));
            var outer = Nip44Words.Encrypt(
                Nip44Words.ConversationKey(once, recipient.Pubkey), Encoding.UTF8.GetString(seal));
            var wrap = once.Sign(new(Nip59Words.WrapKind, 1, [["p", recipient.Pubkey]], outer));
            return Nip59Words.UnwrapAsync(new LocalSigner(recipient), wrap, Ct);
        }
    }
}
