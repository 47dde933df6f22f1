using PoA.Nostr.Ledger;

namespace PoA.Nostr.Tests.Ledger;

public class Uuid5Tests
{
    [Fact]
    public void The_example_of_rfc_9562_comes_out() => Assert.Equal(
        new("2ed6657d-e927-568b-95e1-2665a8aea6a2"),
        Uuid5.Of(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"));

    [Fact]
    public void A_deed_has_one_id_and_no_other_deed_has_it()
    {
        Assert.Equal(Uuid5.Of("settle", "a"), Uuid5.Of("settle", "a"));
        Assert.Distinct([Uuid5.Of("settle", "a"), Uuid5.Of("fee", "a"), Uuid5.Of("settle", "b")]);
    }
}
