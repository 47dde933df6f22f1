using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PoA.Nostr.Market.Index;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Index;

[Suite("slice")]
public sealed class IndexTests(Postgres postgres) : IClassFixture<Postgres>, IAsyncDisposable
{
    static readonly IndexOptions Options = new();

    readonly IndexEvents _index = new(postgres.Db, new OptionsWrapper<IndexOptions>(Options), TimeProvider.System);
    readonly CountEvents _count = new(postgres.Db, TimeProvider.System);
    readonly LookUpEvents _lookUp = new(postgres.Db);
    readonly SearchNotes _search = new(postgres.Db, TimeProvider.System);
    readonly RankNotes _rank = new(postgres.Db, new OptionsWrapper<IndexOptions>(Options), TimeProvider.System);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public ValueTask DisposeAsync() => _index.DisposeAsync();

    [Fact]
    public async Task An_event_is_counted_once_however_often_it_arrives()
    {
        using var key = SecretKey.Generate();
        var note = key.Sign(new(1, Now, [], "once"));
        var filters = Only(key);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _index.AddAsync(note, Ct)));
        await _index.AddAsync(note, Ct);

        Assert.Equal(1, (await _count.CountAsync(filters, Ct)).Count);
    }

    [Fact]
    public async Task The_newest_profile_stays_whatever_the_order_of_arrival_and_a_tie_goes_to_the_lowest_id()
    {
        using var key = SecretKey.Generate();
        var older = key.Sign(new(0, Now - 10, [], """{"name":"older"}"""));
        var newer = key.Sign(new(0, Now, [], """{"name":"newer"}"""));
        var tied = key.Sign(new(0, Now, [], """{"name":"tied"}"""));
        var first = string.CompareOrdinal(newer.Id, tied.Id) < 0 ? newer : tied;

        foreach (var e in new[] { newer, older, tied, newer, older }) await _index.AddAsync(e, Ct);

        Assert.Equal(1, (await _count.CountAsync(Only(key), Ct)).Count);
        Assert.Equal(Profile.Parse(key.Pubkey, first.Content), await _lookUp.ProfileAsync(key.Pubkey, Ct));
    }

    [Fact]
    public async Task Only_the_author_deletes_and_a_late_copy_does_not_come_back()
    {
        using var author = SecretKey.Generate();
        using var stranger = SecretKey.Generate();
        var note = author.Sign(new(1, Now - 5, [], "to be deleted"));
        await _index.AddAsync(note, Ct);

        await _index.AddAsync(stranger.Sign(new(5, Now, [["e", note.Id]], "")), Ct);
        Assert.Single(await _lookUp.ByIdAsync([note.Id], Ct));

        await _index.AddAsync(author.Sign(new(5, Now, [["e", note.Id]], "")), Ct);
        await _index.AddAsync(note, Ct);
        Assert.Empty(await _lookUp.ByIdAsync([note.Id], Ct));
    }

    [Fact]
    public async Task A_deletion_by_address_takes_older_versions_only()
    {
        using var author = SecretKey.Generate();
        var address = $"30023:{author.Pubkey}:essay";
        await _index.AddAsync(author.Sign(new(30023, Now - 10, [["d", "essay"]], "first")), Ct);
        await _index.AddAsync(author.Sign(new(5, Now - 5, [["a", address]], "")), Ct);
        Assert.Empty(await _lookUp.ByAddressAsync([address], Ct));

        await _index.AddAsync(author.Sign(new(30023, Now, [["d", "essay"]], "second")), Ct);
        Assert.Equal("second", Assert.Single(await _lookUp.ByAddressAsync([address], Ct)).Content);
    }

    [Fact]
    public async Task What_has_expired_is_neither_taken_nor_counted_and_is_swept_out()
    {
        using var key = SecretKey.Generate();
        await _index.AddAsync(key.Sign(new(1, Now - 9, [["expiration", $"{Now - 1}"]], "gone already")), Ct);
        Assert.Equal(0, (await _count.CountAsync(Only(key), Ct)).Count);

        await _index.AddAsync(key.Sign(new(1, Now, [["expiration", $"{Now + 60}"]], "soon gone")), Ct);
        Assert.Equal(1, (await _count.CountAsync(Only(key), Ct)).Count);
        var later = new LaterClock(TimeSpan.FromMinutes(2));
        Assert.Equal(0, (await new CountEvents(postgres.Db, later).CountAsync(Only(key), Ct)).Count);

        var sweep = new SweepIndex(
            postgres.Db, new OptionsWrapper<IndexOptions>(Options), later, NullLogger<SweepIndex>.Instance);
        Assert.Equal(1, await sweep.SweepAsync(Ct));
        Assert.Equal(0, (await _count.CountAsync(Only(key), Ct)).Count);
    }

    [Fact]
    public async Task Counting_by_kind_alone_agrees_with_counting_the_rows()
    {
        using var key = SecretKey.Generate();
        for (var i = 0; i < 7; i++) await _index.AddAsync(key.Sign(new(6, Now - i, [["e", NewId()]], "")), Ct);

        var filters = new[] { new Filter { Kinds = [6] } };
        var counted = await _count.CountAsync(filters, Ct);
        var (least, most) = await _count.RecountAsync(filters, counted.Version, Now, Ct);

        Assert.Equal((counted.Count, counted.Count), (least, most));
        Assert.True(counted.Count >= 7);
    }

    [Fact]
    public async Task An_old_count_still_holds_after_more_arrived_and_something_left()
    {
        using var key = SecretKey.Generate();
        var notes = Enumerable.Range(0, 5).Select(i => key.Sign(new(1, Now - 100 - i, [], $"note {i}"))).ToList();
        foreach (var note in notes) await _index.AddAsync(note, Ct);
        var then = await _count.CountAsync(Only(key), Ct);

        await _index.AddAsync(key.Sign(new(1, Now, [], "later")), Ct);
        await _index.AddAsync(key.Sign(new(5, Now, [["e", notes[0].Id]], "")), Ct);
        var (least, most) = await _count.RecountAsync(Only(key), then.Version, Now, Ct);

        Assert.InRange(then.Count, least, most);
        Assert.Equal(4, least);
    }

    [Fact]
    public async Task Filters_of_every_shape_count_what_their_definition_matches()
    {
        using var key = SecretKey.Generate();
        using var other = SecretKey.Generate();
        var longTag = new string('x', 5_000);
        NostrEvent[] all =
        [
            key.Sign(new(1, Now - 1, [["t", "nostr"]], "a")), key.Sign(new(1, Now - 2, [["t", longTag]], "b")),
            key.Sign(new(7, Now - 3, [["e", NewId()], ["t", "nostr"], ["t", "nostr"]], "+")),
            other.Sign(new(1, Now - 4, [["t", "Nostr"], ["client", "x"]], "c\0d")),
            other.Sign(new(30023, Now - 5, [["d", "x"]], "e")), other.Sign(new(10002, Now - 6, [], "")),
        ];
        foreach (var e in all) await _index.AddAsync(e, Ct);
        string[] both = [key.Pubkey, other.Pubkey];
        Filter[][] sets =
        [
            [new() { Authors = both }], [new() { Authors = [key.Pubkey], Kinds = [1, 7] }],
            [new() { Authors = both, Tags = Tags('t', "nostr") }],
            [new() { Authors = both, Tags = Tags('t', longTag) }], [new() { Authors = both, Tags = Tags('d', "") }],
            [new() { Authors = both, Since = Now - 3, Until = Now - 2 }],
            [new() { Ids = [all[0].Id] }, new() { Authors = [key.Pubkey] }], [new() { Authors = both, Kinds = [] }],
            [new() { Ids = [all[0].Id, all[3].Id], Authors = [other.Pubkey] }],
        ];

        foreach (var set in sets)
        {
            var expected = all.Count(e => set.Any(filter => filter.Matches(e)));
            Assert.Equal(expected, (await _count.CountAsync(set, Ct)).Count);
        }
    }

    [Fact]
    public async Task Groups_nest_and_name_what_is_there()
    {
        using var key = SecretKey.Generate();
        var (root, reply) = (NewId(), NewId());
        await _index.AddAsync(key.Sign(new(7, Now - 1, [["e", root]], "+")), Ct);
        await _index.AddAsync(key.Sign(new(7, Now - 2, [["e", root]], "+")), Ct);
        await _index.AddAsync(key.Sign(new(7, Now - 3, [["e", reply]], "🤙")), Ct);
        await _index.AddAsync(
            key.Sign(new(1, Now - 4, [["e", root, "", "root"], ["e", reply, "", "reply"]], "yes")), Ct);

        var byContent = await _count.CountAsync([new() { Authors = [key.Pubkey], Kinds = [7] }], ["content"], Ct);
        var nested = await _count.CountAsync([new() { Authors = [key.Pubkey], Kinds = [7] }], ["content", "e"], Ct);
        var byRoot = await _count.CountAsync([new() { Authors = [key.Pubkey], Kinds = [1] }], ["root"], Ct);

        Assert.Equal([("+", 2L), ("🤙", 1L)], byContent.Entries.Select(e => (e.Keys[0], e.Count)));
        Assert.Equal(
            [($"+ {root}", 2L), ($"🤙 {reply}", 1L)],
            nested.Entries.Select(e => (string.Join(' ', e.Keys), e.Count)));
        Assert.Equal(root, Assert.Single(byRoot.Entries).Keys[0]);
    }

    [Theory]
    [InlineData("The Lightning Network settles", "lightn network")]
    [InlineData("Grüße aus ÖSTERREICH", "österreich")]
    [InlineData("ノストルで検索する", "検索")]
    [InlineData("#nostr, it's o'clock \\ & | !", "o'clock nostr")]
    [InlineData("Привет, мир", "ПРИВЕТ")]
    public async Task Search_finds_words_in_any_language_and_nothing_else(string content, string query)
    {
        using var key = SecretKey.Generate();
        var note = key.Sign(new(1, Now, [], content));
        await _index.AddAsync(note, Ct);
        await _index.AddAsync(key.Sign(new(1, Now, [], "nothing of the kind")), Ct);

        var found = await _search.SearchAsync(query, [key.Pubkey], null, null, 10, Ct);

        Assert.Equal([note.Id], found.Select(e => e.Id));
        Assert.Empty(await _search.SearchAsync(query, [NewId()], null, null, 10, Ct));
        Assert.Empty(await _search.SearchAsync(query, [key.Pubkey], Now + 60, null, 10, Ct));
    }

    [Fact]
    public async Task Discovery_ranks_what_friends_of_friends_did_and_leaves_out_muted_authors_and_own_notes()
    {
        using var me = SecretKey.Generate();
        using var friend = SecretKey.Generate();
        using var second = SecretKey.Generate();
        using var author = SecretKey.Generate();
        using var muted = SecretKey.Generate();
        using var stranger = SecretKey.Generate();
        var liked = author.Sign(new(1, Now - 60, [], "liked by two"));
        var once = author.Sign(new(1, Now - 60, [], "liked by one"));
        var loud = muted.Sign(new(1, Now - 60, [], "muted"));
        var own = me.Sign(new(1, Now - 60, [], "mine"));
        var far = author.Sign(new(1, Now - 60, [], "liked by a stranger"));
        NostrEvent[] world =
        [
            liked, once, loud, own, far, me.Sign(new(3, Now, [["p", friend.Pubkey]], "")),
            friend.Sign(new(3, Now, [["p", second.Pubkey]], "")), me.Sign(new(10000, Now, [["p", muted.Pubkey]], "")),
            friend.Sign(new(7, Now, [["e", liked.Id]], "+")), second.Sign(new(7, Now, [["e", liked.Id]], "+")),
            second.Sign(new(7, Now, [["e", once.Id]], "+")), friend.Sign(new(7, Now, [["e", loud.Id]], "+")),
            friend.Sign(new(7, Now, [["e", own.Id]], "+")), stranger.Sign(new(7, Now, [["e", far.Id]], "+")),
        ];
        foreach (var e in world) await _index.AddAsync(e, Ct);

        var mine = await _rank.ForAsync(me.Pubkey, "", 10, Ct);
        var everybody = await _rank.ForAllAsync(me.Pubkey, "", 200, Ct);

        Assert.Equal([liked.Id, once.Id], mine.Select(e => e.Id));
        Assert.Contains(far.Id, everybody.Select(e => e.Id));
        Assert.DoesNotContain(loud.Id, everybody.Select(e => e.Id));
        Assert.Equal([second.Pubkey], await _rank.PeopleForAsync(me.Pubkey, 10, Ct));
    }

    [Fact]
    public async Task A_follow_list_is_replaced_whole()
    {
        using var me = SecretKey.Generate();
        using var friend = SecretKey.Generate();
        var (one, two) = (SecretKey.Generate().Pubkey, SecretKey.Generate().Pubkey);
        await _index.AddAsync(me.Sign(new(3, Now - 2, [["p", friend.Pubkey]], "")), Ct);
        await _index.AddAsync(friend.Sign(new(3, Now - 2, [["p", one]], "")), Ct);
        await _index.AddAsync(friend.Sign(new(3, Now - 1, [["p", two], ["p", "not a key"], ["p", two]], "")), Ct);

        Assert.Equal([two], await _rank.PeopleForAsync(me.Pubkey, 10, Ct));
    }

    [Fact]
    public async Task Read_relays_are_the_unmarked_and_the_read_ones()
    {
        using var key = SecretKey.Generate();
        string[][] tags = [["r", "wss://both"], ["r", "wss://read", "read"], ["r", "wss://write", "write"], ["r"]];
        await _index.AddAsync(key.Sign(new(10002, Now, tags, "")), Ct);

        Assert.Equal(["wss://both", "wss://read"], await _lookUp.ReadRelaysAsync(key.Pubkey, 10, Ct));
    }

    static Filter[] Only(SecretKey key) => [new() { Authors = [key.Pubkey], Kinds = [0, 1] }];

    static Dictionary<char, IReadOnlyList<string>> Tags(char letter, string value) => new() { [letter] = [value] };

    static string NewId() => SecretKey.Generate().Pubkey;

    sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
