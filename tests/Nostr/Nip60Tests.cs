namespace PoA.Nostr.Tests.Nostr;

/// <summary>Wallets on relays, as NIP-60 prints them.</summary>
public class Nip60Tests
{
    static readonly string Key = new('e', 64);

    [Fact]
    public async Task What_was_redeemed_is_said_to_all_and_how_much_to_oneself()
    {
        using var sender = SecretKey.Generate();
        using var secret = SecretKey.Generate();
        var owner = new LocalSigner(secret);
        var zap = sender.Sign(new(Nip61Words.ZapKind, 1, [], "")).Id;
        var ct = TestContext.Current.CancellationToken;
        var history = secret.Sign(await Nip60Words.RedeemedAsync(owner, zap, sender.Pubkey, 21, 2, ct));
        Assert.Equal([zap], Nip60Words.Redeemed(history));
        Assert.Equal(sender.Pubkey, history.Tag("p"));
        Assert.Equal(
            """[["direction","in"],["amount","21"],["unit","sat"]]""",
            await owner.DecryptAsync(Encryption.Nip44, owner.Pubkey, history.Content, ct));
    }

    [Fact]
    public void A_wallet_is_read_and_its_spent_tokens_are_deleted_by_kind()
    {
        var (mints, key) = Nip60Words.Wallet([["privkey", Key], ["mint", "https://a"], ["mint", "https://b"]]);
        Assert.Equal(["https://a", "https://b"], mints);
        Assert.Equal(Key, key);
        Assert.Equal([["e", "x"], ["k", "7375"]], Nip60Words.Spent(["x"], 1).Tags);
    }
}
