using PoA.Nostr.Relays;

namespace PoA.Nostr.Tests.Nostr.Relays;

public class BackoffTests
{
    static readonly TimeSpan Min = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Max = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1, 0.0, 1)]
    [InlineData(1, 1.0, 3)]
    [InlineData(10, 1.0, 30)]
    [InlineData(50, 1.0, 60)]
    [InlineData(50, 0.0, 1)]
    public void A_wait_lies_between_the_least_and_three_times_the_one_before(int last, double dice, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Next(TimeSpan.FromSeconds(last), Min, Max, dice));

    [Fact]
    public void No_wait_leaves_its_bounds()
    {
        var backoff = new Backoff(Min, Max);
        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.InRange(backoff.Next(), Min, Max));
    }
}
