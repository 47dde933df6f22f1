using PoA.Nostr.Devnet.World;

namespace PoA.Nostr.Tests.Devnet.World;

public class SeededWorldTests
{
    static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    static readonly IReadOnlyList<NostrEvent> All = SeededWorld.Build(Start, "ws://127.0.0.1:7777");

    [Fact]
    public void It_is_the_same_each_time_and_every_event_verifies()
    {
        var again = SeededWorld.Build(Start, "ws://127.0.0.1:7777");

        Assert.Equal(All.Select(e => e.Id), again.Select(e => e.Id));
        Assert.All(All, e => Assert.NotNull(VerifiedEvent.TryVerify(e, out _)));
        Assert.Equal(All.Count, All.Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public void It_has_every_kind_that_search_and_discovery_look_at_within_the_last_month()
    {
        int[] wanted = [0, 1, 3, 6, 7, 1_111, 9_735, 10_002, 30_023];
        Assert.Equal(wanted, All.Select(e => e.Kind).Distinct().Order());
        Assert.InRange(All.Count, 3_000, 8_000);
        var now = Start.ToUnixTimeSeconds();
        Assert.All(All, e => Assert.InRange(e.CreatedAt, now - (32 * 86_400), now));
    }

    [Fact]
    public void A_few_are_followed_by_many_and_most_by_few()
    {
        var followers = All.Where(e => e.Kind == 3).SelectMany(e => e.Tags.Select(tag => tag[1]))
            .GroupBy(pubkey => pubkey).Select(same => same.Count()).OrderDescending().ToList();

        Assert.True(followers[5] > 4 * followers[followers.Count / 2]);
    }

    [Fact]
    public void Answers_reactions_and_zaps_are_about_events_that_are_there()
    {
        var ids = All.Select(e => e.Id).ToHashSet();
        var about = All.Where(e => e.Kind is 6 or 7 or 1_111 or 9_735).Select(e => e.Tag("e"));

        Assert.All(about, id => Assert.Contains(id!, ids));
        Assert.True(All.Count(e => e.TagsNamed("t").Any(tag => tag[1] == "gardening")) > 50);
    }
}
