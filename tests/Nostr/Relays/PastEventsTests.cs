using PoA.Nostr.Relays;

namespace PoA.Nostr.Tests.Nostr.Relays;

/// <summary>Against a relay in memory that keeps events, and cuts answers at a limit that it need not admit.</summary>
public class PastEventsTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly HashSet<string> _read = [];
    List<NostrEvent> _kept = [];

    [Theory]
    [InlineData(7)]
    [InlineData(37)]
    [InlineData(100)]
    [InlineData(500)]
    [InlineData(100_000)]
    public async Task Everything_is_read_however_short_the_answers_are_cut(int cut)
    {
        _kept = [.. Enumerable.Range(0, 1_250).Select(i => Event(i, 1_000 + (i / 3), 5_000 + (i % 5)))];

        Assert.True(await ReadAsync(cut, admitted: null, since: 0));

        Assert.Equal(1_250, _read.Count);
    }

    [Fact]
    public async Task A_second_that_holds_more_than_an_answer_is_split_by_kind()
    {
        _kept = [.. Enumerable.Range(0, 400).Select(i => Event(i, i < 50 ? 10 : i < 350 ? 20 : 30, 5_000 + (i % 5)))];

        Assert.True(await ReadAsync(cut: 100, admitted: null, since: 0));

        Assert.Equal(400, _read.Count);
    }

    [Fact]
    public async Task A_second_that_cannot_be_split_is_admitted_as_incomplete_and_what_is_older_still_comes()
    {
        _kept = [.. Enumerable.Range(0, 300).Select(i => Event(i, i < 50 ? 10 : 20, 5_000))];

        Assert.False(await ReadAsync(cut: 100, admitted: 100, since: 0));

        Assert.Equal(150, _read.Count);
    }

    [Fact]
    public async Task Nothing_older_than_the_start_is_asked_for()
    {
        _kept = [.. Enumerable.Range(0, 100).Select(i => Event(i, i, 5_000))];

        Assert.True(await ReadAsync(cut: 20, admitted: null, since: 60));

        Assert.Equal(40, _read.Count);
    }

    [Fact]
    public async Task Without_an_end_the_reading_is_not_complete()
    {
        var past = new PastEvents((_, _) => Task.FromResult(new PageTally()), null);

        Assert.False(await past.ReadAsync(new(), 0, Ct));
    }

    [Fact]
    public async Task A_relay_that_invents_events_for_ever_is_left()
    {
        var invented = 1_000_000;
        var past = new PastEvents(
            (_, _) =>
            {
                var page = new PageTally { Complete = true };
                page.Add(Event(invented, invented--, 5_000));
                return Task.FromResult(page);
            },
            null);

        Assert.False(await past.ReadAsync(new(), 0, Ct));
    }

    Task<bool> ReadAsync(int cut, int? admitted, long since) =>
        new PastEvents((filter, _) => Task.FromResult(Answer(filter, cut)), admitted)
            .ReadAsync(new() { Kinds = [5_000, 5_001, 5_002, 5_003, 5_004] }, since, Ct);

    PageTally Answer(Filter filter, int cut)
    {
        var page = new PageTally { Complete = true };
        foreach (var e in _kept.Where(filter.Matches).OrderByDescending(e => e.CreatedAt).Take(cut))
        {
            page.Add(e);
            _read.Add(e.Id);
        }

        return page;
    }

    static NostrEvent Event(int i, long createdAt, int kind) =>
        new($"{i:x8}".PadRight(64, '0'), "", createdAt, kind, [], "", "");
}
