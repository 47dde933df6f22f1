namespace PoA.Nostr.Tests.Nostr;

public class Nip21Tests
{
    [Theory]
    [InlineData("nostr:npub1sn0wdenkukak0d9dfczzeacvhkrgz92ak56egt7vdgzn8pv2wfqqhrjdv9", typeof(NostrEntity.Profile))]
    [InlineData(
        "nostr:nevent1qqstna2yrezu5wghjvswqqculvvwxsrcvu7uc0f78gan4xqhvz49d9spr3mhxue69uhkummnw3ez6un9d3shjtn4de6x2ar" +
        "gwghx6egpr4mhxue69uhkummnw3ez6ur4vgh8wetvd3hhyer9wghxuet5nxnepm",
        typeof(NostrEntity.Event))]
    [InlineData(
        "nostr:naddr1qqyrzwrxvc6ngvfkqyghwumn8ghj7enfv96x5ctx9e3k7mgzyqalp33lewf5vdq847t6te0wvnags0gs0mu72kz8938tn24w" +
        "lfze6qcyqqq823cph95ag",
        typeof(NostrEntity.Address))]
    public void The_examples_of_the_nip_are_read_and_written_back(string uri, Type expected)
    {
        var read = Nip21Words.TryRead(uri)!;

        Assert.IsType(expected, read);
        Assert.Equivalent(read, Nip21Words.TryRead(Nip21Words.Write(read)), strict: true);
    }

    [Theory]
    [InlineData("npub1sn0wdenkukak0d9dfczzeacvhkrgz92ak56egt7vdgzn8pv2wfqqhrjdv9")]
    [InlineData("web+nostr:npub1sn0wdenkukak0d9dfczzeacvhkrgz92ak56egt7vdgzn8pv2wfqqhrjdv9")]
    [InlineData("nostr:")]
    public void Anything_without_the_scheme_or_an_entity_is_refused(string uri) => Assert.Null(Nip21Words.TryRead(uri));
}
