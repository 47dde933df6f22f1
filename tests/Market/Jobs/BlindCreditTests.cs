using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Tests.Market.Jobs;

public class BlindCreditTests
{
    static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_deadline_stands_still_while_nobody_listens()
    {
        Assert.Equal(100, Credit(100));
        Assert.Equal(120, Credit(100, (50, 70)));
        Assert.Equal(110, Credit(100, (-30, 10)));
        Assert.Equal(100, Credit(100, (-30, -10)));
        Assert.Equal(100, Credit(100, (100, 200)));
        Assert.Equal(200, Credit(100, (99, 199)));
    }

    [Fact]
    public void A_window_that_only_the_moved_deadline_reaches_counts_too()
    {
        Assert.Equal(150, Credit(100, (80, 110), (120, 140)));
        Assert.Equal(130, Credit(100, (80, 110), (131, 140)));
    }

    static double Credit(int deadline, params (int From, int To)[] windows) => (BlindCredit.Credit(
        Start, At(deadline), [.. windows.Select(w => new BlindWindow(At(w.From), At(w.To)))]) - Start).TotalSeconds;

    static DateTimeOffset At(int seconds) => Start.AddSeconds(seconds);
}
