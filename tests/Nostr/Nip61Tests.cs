namespace PoA.Nostr.Tests.Nostr;

/// <summary>Nutzaps as NIP-61 prints them.</summary>
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
        Assert.Equal(zap with { Proofs = [] }, read with { Proofs = [] });
        Assert.Equal(zap.Proofs, read.Proofs);
        Assert.Equal("7000", signed.Tag("k"));
        Assert.Null(Nip61Words.Zap(signed with { Tags = [["u", "https://mint1"], ["p", Recipient]] }));
        Assert.Null(Nip61Words.Zap(signed with { Tags = [["proof", Proof], ["p", Recipient]] }));
        Assert.Null(Nip61Words.Zap(signed with { Tags = [["proof", Proof], ["u", "https://mint1"], ["p", "x"]] }));
    }
}
