using PoA.Nostr.Relays;

namespace PoA.Nostr.Tests.Nostr.Relays;

public class SeenIdsTests
{
    [Fact]
    public void It_remembers_at_least_its_capacity_and_forgets_the_oldest()
    {
        var seen = new SeenIds(100);
        for (var i = 0; i < 1_000; i++) seen.Add(Id(i));

        Assert.All(Enumerable.Range(900, 100), i => Assert.True(seen.Contains(Id(i))));
        Assert.All(Enumerable.Range(0, 800), i => Assert.False(seen.Contains(Id(i))));
    }

    static string Id(int i) => $"{i:x8}".PadRight(64, 'a');
}
