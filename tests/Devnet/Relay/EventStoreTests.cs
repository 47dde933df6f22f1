using System.Globalization;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Devnet.World;

namespace PoA.Nostr.Tests.Devnet.Relay;

/// <summary>
/// Replacement, deletion and expiry, after the scenarios of strfry's test/writeTest.pl: each holds at once and after
/// the log has been read again.
/// </summary>
public sealed class EventStoreTests : IDisposable
{
    readonly StoreTester _tester = new();
    readonly Seeded _seeded = new("event store");

    public void Dispose() => _tester.Dispose();

    [Fact]
    public async Task A_replaceable_event_gives_way_to_a_newer_one_only()
    {
        var old = Event(1, 10_000, 5_000);
        var older = Event(1, 10_000, 4_000);
        var newer = Event(1, 10_000, 5_001);
        var foreign = Event(2, 10_000, 4_500);

        Assert.Equal(Verdict.Stored, await _tester.AddAsync(old));
        Assert.Equal(Verdict.Replaced, await _tester.AddAsync(older));
        Assert.Equal(Verdict.Stored, await _tester.AddAsync(newer));
        Assert.Equal(Verdict.Stored, await _tester.AddAsync(foreign));
        Assert.Equal(Verdict.Replaced, await _tester.AddAsync(old));

        AssertServed(newer, foreign);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10_002)]
    [InlineData(30_023)]
    public async Task Of_two_as_old_as_each_other_the_lower_id_stays(int kind)
    {
        NostrEvent[] ties = [Event(1, kind, 5_000), Event(1, kind, 5_000)];
        var low = ties.MinBy(e => e.Id, StringComparer.Ordinal)!;
        foreach (var tie in ties) await _tester.AddAsync(tie);

        AssertServed(low);

        foreach (var tie in ties.Reverse()) await _tester.AddAsync(tie);

        AssertServed(low);
    }

    [Fact]
    public async Task Addressable_events_live_by_their_d_and_none_is_the_empty_one()
    {
        var first = Event(1, 30_001, 5_000, ["d", "a"]);
        var second = Event(1, 30_001, 5_001, ["d", "b"]);
        var replaced = Event(1, 30_001, 5_002, ["d", "a"]);
        var nameless = Event(1, 30_001, 5_003);
        var empty = Event(1, 30_001, 5_004, ["d", ""]);
        foreach (var e in new[] { first, second, replaced, nameless, empty }) await _tester.AddAsync(e);

        AssertServed(second, replaced, empty);
        Assert.Equal([empty.Id], _tester.Ids(new Filter { Tags = Tag('d', "") }));
    }

    [Fact]
    public async Task A_deletion_takes_its_authors_events_and_keeps_them_out()
    {
        var mine = Event(1, 1, 5_000);
        var second = Event(1, 1, 5_001);
        var foreign = Event(2, 1, 5_000);
        await _tester.AddAsync(mine);
        await _tester.AddAsync(foreign);
        var deletion = Event(1, 5, 6_000, ["e", mine.Id], ["e", foreign.Id], ["e", second.Id]);

        Assert.Equal(Verdict.Stored, await _tester.AddAsync(deletion));

        Assert.Equal(Verdict.Deleted, await _tester.AddAsync(mine));
        Assert.Equal(Verdict.Deleted, await _tester.AddAsync(second));
        Assert.Equal(Verdict.Duplicate, await _tester.AddAsync(foreign));
        AssertServed(foreign, deletion);
    }

    [Fact]
    public async Task A_deletion_of_a_deletion_does_nothing()
    {
        var note = Event(1, 1, 5_000);
        var deletion = Event(1, 5, 5_001, ["e", note.Id]);
        var revoked = Event(1, 5, 5_002, ["e", deletion.Id]);
        foreach (var e in new[] { note, deletion, revoked }) await _tester.AddAsync(e);

        Assert.Equal(Verdict.Deleted, await _tester.AddAsync(note));
        AssertServed(deletion, revoked);
    }

    [Fact]
    public async Task A_deleted_address_refuses_what_is_not_newer_than_the_deletion()
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"30001:{StoreTester.Key(1)}:a:b");
        var first = Event(1, 30_001, 5_000, ["d", "a:b"]);
        var early = Event(1, 5, 4_999, ["a", address]);
        var foreign = Event(2, 5, 9_000, ["a", address]);
        foreach (var e in new[] { first, early, foreign }) await _tester.AddAsync(e);
        AssertServed(first, early, foreign);

        var deletion = Event(1, 5, 5_010, ["a", address]);
        Assert.Equal(Verdict.Stored, await _tester.AddAsync(deletion));

        Assert.Equal(Verdict.Deleted, await _tester.AddAsync(first));
        Assert.Equal(Verdict.Deleted, await _tester.AddAsync(Event(1, 30_001, 5_010, ["d", "a:b"])));
        var later = Event(1, 30_001, 5_011, ["d", "a:b"]);
        Assert.Equal(Verdict.Stored, await _tester.AddAsync(later));
        AssertServed(early, foreign, deletion, later);
    }

    [Fact]
    public async Task A_replaceable_event_can_be_deleted_by_its_address()
    {
        await _tester.AddAsync(Event(1, 10_002, 5_000));
        var deletion = Event(1, 5, 5_000, ["a", $"10002:{StoreTester.Key(1)}:"]);

        await _tester.AddAsync(deletion);

        AssertServed(deletion);
    }

    [Fact]
    public async Task Who_receives_a_gift_wrap_may_delete_it()
    {
        var wrap = Event(1, 1_059, 5_000, ["p", StoreTester.Key(2)]);
        await _tester.AddAsync(wrap);
        var stranger = Event(3, 5, 5_001, ["e", wrap.Id]);
        await _tester.AddAsync(stranger);
        AssertServed(wrap, stranger);
        var deletion = Event(2, 5, 5_001, ["e", wrap.Id]);

        await _tester.AddAsync(deletion);

        Assert.Equal(Verdict.Deleted, await _tester.AddAsync(wrap));
        AssertServed(stranger, deletion);
    }

    [Fact]
    public async Task What_expires_is_served_until_that_second()
    {
        var brief = Event(1, 1, 5_000, ["expiration", (StoreTester.Now + 10).ToString(CultureInfo.InvariantCulture)]);
        await _tester.AddAsync(brief);
        _tester.PassTime(TimeSpan.FromSeconds(9));
        AssertServed(brief);

        _tester.PassTime(TimeSpan.FromSeconds(1));

        AssertServed();
    }

    [Fact]
    public async Task A_log_that_is_mostly_dead_is_rewritten_at_start()
    {
        var padding = new string('x', 40_000);
        for (var i = 0; i < 60; i++) await _tester.AddAsync(Event(1, 0, 5_000 + i) with { Content = padding });
        var last = Event(1, 0, 6_000);
        var note = Event(1, 1, 6_000);
        await _tester.AddAsync(last);
        await _tester.AddAsync(note);

        AssertServed(last, note);

        Assert.InRange(_tester.LogBytes, 1, 2_000);
        AssertServed(last, note);
    }

    NostrEvent Event(int author, int kind, long createdAt, params string[][] tags) =>
        StoreTester.Event(_seeded, author, kind, createdAt, tags);

    static Dictionary<char, IReadOnlyList<string>> Tag(char name, string value) => new() { [name] = [value] };

    void AssertServed(params NostrEvent[] expected)
    {
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(expected.Select(e => e.Id).Order(), _tester.Ids(new Filter()).Order());
            _tester.Restart();
        }
    }
}
