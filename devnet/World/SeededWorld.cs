using System.Globalization;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.World;

/// <summary>
/// A month in the life of a few hundred people: profiles, follows in communities with some who are known to all,
/// notes, answers, articles, reposts, reactions and zaps. The same for the same start, down to the ids.
/// </summary>
sealed class SeededWorld(DateTimeOffset start, string relayUrl)
{
    const int PeopleCount = 240;
    const int NotesCount = 1_500;
    const int ArticlesCount = 80;
    const int AnswersCount = 700;
    const int ReactionsCount = 1_600;
    const int RepostsCount = 200;
    const int ZapsCount = 220;
    const int Days = 30;
    readonly Seeded _seeded = new("world");
    readonly List<NostrEvent> _all = [];
    readonly List<(NostrEvent Event, Person Author, Topic Topic)> _posts = [];
    readonly IReadOnlyList<Person> _people = Person.People(PeopleCount);
    double _weights;

    public static IReadOnlyList<NostrEvent> Build(DateTimeOffset start, string relayUrl) =>
        new SeededWorld(start, relayUrl).Build();

    List<NostrEvent> Build()
    {
        _weights = _people.Sum(person => person.Weight);
        foreach (var person in _people) Introduce(person);
        for (var i = 0; i < NotesCount; i++) WriteNote(Known());
        for (var i = 0; i < ArticlesCount; i++) WriteArticle(Known(), i);
        for (var i = 0; i < AnswersCount; i++) Answer(_seeded.Pick(_people));
        for (var i = 0; i < ReactionsCount; i++) React(_seeded.Pick(_people));
        for (var i = 0; i < RepostsCount; i++) Repost(_seeded.Pick(_people));
        using var zapper = Person.KeyOf("zapper");
        for (var i = 0; i < ZapsCount; i++) Zap(_seeded.Pick(_people), zapper);
        foreach (var person in _people) person.Key.Dispose();
        return _all;
    }

    void Introduce(Person person)
    {
        var joined = Ago(Days, Days + 1);
        var profile = JsonSerializer.Serialize(
            new Profile(person.Name, person.Name, Phrases.About(_seeded, person), $"{person.Name}@devnet.localhost"),
            WorldJson.Default.Profile);
        Say(person.Key, 0, joined, [], profile);
        Say(person.Key, 10_002, joined + 60, [["r", relayUrl]], "");

        HashSet<string> follows = [];
        var count = 5 + _seeded.Below(20) + (_seeded.Chance(0.1) ? 60 : 0);
        while (follows.Count < count)
        {
            var candidate = Known();
            var isNear = candidate.Main == person.Main || candidate.Main == person.Side;
            if (candidate != person && (isNear || _seeded.Chance(0.25))) follows.Add(candidate.Pubkey);
        }

        Say(person.Key, 3, joined + 120, [.. follows.Select(pubkey => new[] { "p", pubkey, relayUrl })], "");
    }

    void WriteNote(Person author)
    {
        var topic = _seeded.Chance(0.75) ? author.Main : author.Side;
        var text = Phrases.Note(_seeded, topic, out var hashtags);
        var note = Say(author.Key, 1, Ago(0, Days), [.. hashtags.Select(tag => new[] { "t", tag })], text);
        _posts.Add((note, author, topic));
    }

    void WriteArticle(Person author, int number)
    {
        var (title, summary, text) = Phrases.Article(_seeded, author.Main);
        var at = Ago(0, Days);
        string[][] tags =
        [
            ["d", string.Create(CultureInfo.InvariantCulture, $"{author.Main.Name}-{number}")], ["title", title],
            ["summary", summary], ["published_at", at.ToString(CultureInfo.InvariantCulture)],
            ["t", author.Main.Name], ["t", _seeded.Pick(author.Main.Hashtags)],
        ];
        _posts.Add((Say(author.Key, 30_023, at, tags, text), author, author.Main));
    }

    /// <summary>Notes are answered by notes (NIP-10), articles by comments (NIP-22).</summary>
    void Answer(Person author)
    {
        var (post, to, topic) = Seen(author);
        var text = Phrases.Answer(_seeded, topic);
        if (post.Kind == 1)
        {
            string[][] root = [["e", post.Id, relayUrl, "root"], ["p", to.Pubkey], ["t", topic.Name]];
            Say(author.Key, 1, After(post), root, text);
            return;
        }

        var address = $"30023:{to.Pubkey}:{post.Tag("d")}";
        string[][] tags =
        [
            ["A", address, relayUrl], ["K", "30023"], ["P", to.Pubkey], ["a", address, relayUrl],
            ["e", post.Id, relayUrl], ["k", "30023"], ["p", to.Pubkey],
        ];
        Say(author.Key, 1_111, After(post), tags, text);
    }

    void React(Person author)
    {
        var (post, to, _) = Seen(author);
        string[][] tags = [["e", post.Id, relayUrl], ["p", to.Pubkey], ["k", Number(post.Kind)]];
        Say(author.Key, 7, After(post), tags, Phrases.Reaction(_seeded));
    }

    void Repost(Person author)
    {
        var (post, to, _) = Seen(author);
        if (post.Kind != 1) return;
        var json = Encoding.UTF8.GetString(EventJson.Write(post));
        Say(author.Key, 6, After(post), [["e", post.Id, relayUrl], ["p", to.Pubkey]], json);
    }

    /// <summary>A receipt in the shape of NIP-57. The invoice was never one: no money moves here.</summary>
    void Zap(Person payer, SecretKey zapper)
    {
        var (post, to, topic) = Seen(payer);
        var sat = _seeded.Pick([21, 21, 100, 210, 500, 1_000, 2_100, 21_000]);
        var at = After(post);
        var request = Sign(
            payer.Key, 9_734, at,
            [["p", to.Pubkey], ["e", post.Id], ["amount", Number(sat * 1_000)], ["relays", relayUrl]],
            _seeded.Chance(0.3) ? Phrases.Answer(_seeded, topic) : "");
        string[][] tags =
        [
            ["p", to.Pubkey], ["P", payer.Pubkey], ["e", post.Id], ["k", Number(post.Kind)],
            ["bolt11", $"lnbcrt{Number(sat * 10)}n1{request.Id}"],
            ["description", Encoding.UTF8.GetString(EventJson.Write(request))],
        ];
        Say(zapper, 9_735, at + 2, tags, "");
    }

    /// <summary>Somebody, the better known the likelier.</summary>
    Person Known()
    {
        var at = _seeded.Unit() * _weights;
        foreach (var person in _people)
        {
            at -= person.Weight;
            if (at <= 0) return person;
        }

        return _people[^1];
    }

    /// <summary>A post that this person would come across: mostly of their own community.</summary>
    (NostrEvent Event, Person Author, Topic Topic) Seen(Person reader)
    {
        for (var i = 0; i < 20; i++)
        {
            var post = _seeded.Pick(_posts);
            if (post.Author != reader && (post.Topic == reader.Main || _seeded.Chance(0.15))) return post;
        }

        return _posts[0];
    }

    NostrEvent Say(SecretKey key, int kind, long at, string[][] tags, string content)
    {
        var signed = Sign(key, kind, at, tags, content);
        _all.Add(signed);
        return signed;
    }

    /// <summary>Without randomness, since some events hold others with their signatures.</summary>
    static NostrEvent Sign(SecretKey key, int kind, long at, string[][] tags, string content)
    {
        Span<byte> id = stackalloc byte[32];
        Span<byte> signature = stackalloc byte[64];
        CanonicalForm.Id(key.Pubkey, at, kind, tags, content, id);
        Secp256k1.SchnorrSign(key.Reveal(), id, aux: stackalloc byte[32], signature);
        return new(
            Convert.ToHexStringLower(id), key.Pubkey, at, kind, tags, content, Convert.ToHexStringLower(signature));
    }

    long Ago(double daysMin, double daysMax)
    {
        var days = daysMin + (_seeded.Unit() * (daysMax - daysMin));
        return start.ToUnixTimeSeconds() - (long)(days * 86_400) - 300;
    }

    /// <summary>Soon after the post, and never in the future.</summary>
    long After(NostrEvent post) =>
        Math.Min(
            post.CreatedAt + 30 + (long)(_seeded.Unit() * _seeded.Unit() * 86_400), start.ToUnixTimeSeconds() - 10);

    static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
