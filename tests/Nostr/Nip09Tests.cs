namespace PoA.Nostr.Tests.Nostr;

public class Nip09Tests
{
    static readonly string Author = new('a', 64);
    static readonly NostrEvent Note = new(new('1', 64), Author, 100, 1, [], "", "");
    static readonly NostrEvent Article = new(new('2', 64), Author, 100, 30_023, [["d", "x:y"]], "", "");

    [Fact]
    public void A_request_names_ids_addresses_and_kinds_and_deletes_them()
    {
        var request = By(Author, Nip09Words.Request([Note, Article], "by accident", 100));

        Assert.Equal([["e", Note.Id], ["a", $"30023:{Author}:x:y"], ["k", "1"], ["k", "30023"]], request.Tags);
        Assert.True(Nip09Words.Deletes(request, Note));
        Assert.True(Nip09Words.Deletes(request, Article));
    }

    [Fact]
    public void Nobody_deletes_for_another_nor_what_came_later_nor_a_deletion()
    {
        var request = Nip09Words.Request([Note, Article], "", 100);

        Assert.False(Nip09Words.Deletes(By(new('b', 64), request), Note));
        Assert.Empty(Nip09Words.Addresses(By(new('b', 64), request)));
        Assert.False(Nip09Words.Deletes(By(Author, request), Article with { Id = new('3', 64), CreatedAt = 101 }));
        Assert.False(Nip09Words.Deletes(By(Author, request), Note with { Kind = 5 }));
        Assert.False(Nip09Words.Deletes(By(Author, request) with { Kind = 1 }, Note));
        Assert.Empty(Nip09Words.Ids(By(Author, request) with { Tags = [["e"], ["e", "short"]] }));
    }

    static NostrEvent By(string author, EventTemplate said) =>
        new(new('9', 64), author, said.CreatedAt, said.Kind, said.Tags, said.Content, "");
}
