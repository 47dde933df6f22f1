namespace PoA.Nostr.Tests.Nostr;

public class Nip70Tests
{
    static readonly NostrEvent Protected = new("", "author", 0, 1, [["-"]], "", "");

    [Fact]
    public void A_protected_event_is_taken_from_its_author_only()
    {
        Assert.Equal(AuthProblems.Missing.Code, Nip70Words.Refuse(Protected, new HashSet<string>())!.Code);
        Assert.NotNull(Nip70Words.Refuse(Protected, new HashSet<string> { "other" }));
        Assert.Null(Nip70Words.Refuse(Protected, new HashSet<string> { "other", "author" }));
        Assert.Null(Nip70Words.Refuse(Protected with { Tags = [["t", "-"]] }, new HashSet<string>()));
    }
}
