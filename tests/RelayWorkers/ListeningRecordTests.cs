using PoA.Nostr.RelayWorkers;

namespace PoA.Nostr.Tests.RelayWorkers;

public class ListeningRecordTests
{
    static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Deaf_is_what_no_window_covers()
    {
        Assert.Equal([(0, 100)], Blind([], 0, 100));
        Assert.Empty(Blind([(0, 100)], 0, 100));
        Assert.Equal([(30, 60)], Blind([(0, 30), (60, 100)], 0, 100));
        Assert.Empty(Blind([(0, 60), (40, 100)], 0, 100));
        Assert.Equal([(20, 40), (70, 100)], Blind([(-50, 20), (40, 70)], 0, 100));
    }

    [Fact]
    public void The_distance_between_two_entries_is_no_deafness() =>
        Assert.Empty(Blind([(3, 30), (35, 95)], 0, 100));

    static IEnumerable<(int From, int To)> Blind((int From, int To)[] heard, int from, int to) =>
        ListeningRecord.Complement(
            heard.Select(window => new ListeningRecord.Heard(At(window.From), At(window.To))), At(from), At(to))
        .Select(window => (Seconds(window.From), Seconds(window.To)));

    static DateTime At(int seconds) => Start.AddSeconds(seconds);

    static int Seconds(DateTimeOffset at) => (int)(at - Start).TotalSeconds;
}
