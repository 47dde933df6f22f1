namespace PoA.Nostr.Tests.Nostr;

/// <summary>Nutzaps as NIP-61 prints them, and wallets as NIP-60 does.</summary>
public class Nip61Tests
{
    static readonly string Key = new('e', 64);
    static readonly string Recipient = "e9fbced3a42dcf551486650cc752ab354347dd413b307484e4fd1818ab53f991";
    static readonly string Proof = """{"amount":1,"C":"02","id":"00","secret":"s"}""";

    [Fact]
    public void An_info_event_names_the_key_the_relays_and_the_mints_that_take_sats()
    {
        using var key = SecretKey.Generate();
        var signed = key.Sign(new(Nip61Words.InfoKind, 1, [
            ["relay", "wss://relay1"], ["mint", "https://mint1", "usd", "sat"], ["mint", "https://mint2", "usd"],
            ["mint", "https://mint3"], ["pubkey", "02" + Key],
        ], ""));
        var info = Nip61Words.Info(signed)!;
        Assert.Equal(Key, info.Key);
        Assert.Equal(["https://mint1", "https://mint3"], info.Mints);
        Assert.Equal(["wss://relay1"], info.Relays);
        var again = Nip61Words.Info(key.Sign(new(Nip61Words.InfoKind, 1, Nip61Words.InfoTags(info), "")))!;
        Assert.Equal((info.Key, info.Mints.Count), (again.Key, again.Mints.Count));
        Assert.Null(Nip61Words.Info(signed with { Tags = [["mint", "https://mint1"]] }));
        Assert.Null(Nip61Words.Info(signed with { Tags = [["pubkey", Key]] }));
    }

    [Fact]
    public void A_nutzap_carries_its_proofs_and_says_for_what_it_is()
    {
        using var key = SecretKey.Generate();
        var zap = new Nutzap(Recipient, "https://mint1", "sat", [Proof, Proof], new string('a', 64));
        var signed = key.Sign(Nip61Words.Zap(zap, 7000, "thanks", 1));
        var read = Nip61Words.Zap(signed)!;
        Assert.Equal((zap.Recipient, zap.Mint, zap.Unit, zap.Event), (read.Recipient, read.Mint, read.Unit, read.Event));
        Assert.Equal(zap.Proofs, read.Proofs);
        Assert.Equal("7000", signed.Tag("k"));
        Assert.Null(Nip61Words.Zap(signed with { Tags = [["u", "https://mint1"], ["p", Recipient]] }));
        Assert.Null(Nip61Words.Zap(signed with { Tags = [["proof", Proof], ["p", Recipient]] }));
        Assert.Null(Nip61Words.Zap(signed with { Tags = [["proof", Proof], ["u", "https://mint1"], ["p", "x"]] }));
    }

    [Fact]
    public async Task What_was_redeemed_is_said_to_all_and_how_much_to_oneself()
    {
        using var sender = SecretKey.Generate();
        using var secret = SecretKey.Generate();
        var owner = new LocalSigner(secret);
        var zap = sender.Sign(new(Nip61Words.ZapKind, 1, [], ""));
        var ct = TestContext.Current.CancellationToken;
        var history = secret.Sign(await Nip60Words.RedeemedAsync(owner, zap, "wss://relay1", 21, 2, ct));
        Assert.Equal([zap.Id], Nip60Words.Redeemed(history));
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
