using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.Tests.Nostr;

/// <summary>Both roles against each other; tests/Interop has them against another implementation.</summary>
public class Nip77Tests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 5, 0)]
    [InlineData(5, 0, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(0, 0, 31)]
    [InlineData(0, 0, 1_000)]
    [InlineData(3, 7, 10_000)]
    [InlineData(20_000, 30_000, 100)]
    public void Both_sides_find_exactly_what_they_lack(int mine, int yours, int both)
    {
        var common = Events("both", both);
        var own = Events("mine", mine);
        var other = Events("yours", yours);

        var (have, need, rounds) = Reconcile(new([.. common, .. own]), new([.. common, .. other]));

        Assert.Equal(Ids(own), have);
        Assert.Equal(Ids(other), need);
        Assert.True(rounds < 200, $"{rounds} rounds");
    }

    [Fact]
    public void A_thousand_events_of_one_second_are_told_apart()
    {
        var all = Events("x", 1_000).Select(item => (7L, item.Item2)).ToList();

        var (have, need, _) = Reconcile(new(all.Skip(10)), new(all.SkipLast(10)));

        Assert.Equal(Ids(all.TakeLast(10)), have);
        Assert.Equal(Ids(all.Take(10)), need);
    }

    [Fact]
    public void An_answer_keeps_to_its_size()
    {
        NegentropySet full = new(Events("x", 10_000));
        var answer = Nip77Words.Answer(full, Nip77Words.Open(new([])), bytesMax: 5_000)!;

        Assert.InRange(answer.Length, 1_000, 5_000);
    }

    [Fact]
    public void Another_version_is_answered_with_ours_and_garbage_not_at_all()
    {
        NegentropySet set = new(Events("x", 100));

        Assert.Equal([0x61], Nip77Words.Answer(set, [0x62, 1, 2, 3]));
        foreach (var broken in (byte[][])[[], [0x20], [0x61, 0], [0x61, 0, 0], [0x61, 0, 33, 0], [0x61, 0, 0, 9],
            [0x61, 0, 0, 1, 5], [0x61, 0, 0, 2, 1, 0], [0x61, .. Enumerable.Repeat((byte)255, 30)]])
        {
            Assert.Null(Nip77Words.Answer(set, broken));
        }

        Assert.Null(Nip77Words.Continue(set, [0x62], [], []));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        NegentropySet set = new(Events("x", 100));
        for (var i = 0; i < 5_000; i++)
        {
            var noise = SHA512.HashData(BitConverter.GetBytes(i));
            _ = Nip77Words.Answer(set, [0x61, .. noise]);
            _ = Nip77Words.Continue(set, [0x61, .. noise.Select(b => (byte)(b & 3))], [], []);
        }
    }

    static (SortedSet<string> Have, SortedSet<string> Need, int Rounds) Reconcile(
        NegentropySet own, NegentropySet other)
    {
        SortedSet<string> have = new(StringComparer.Ordinal), need = new(StringComparer.Ordinal);
        var rounds = 0;
        for (var message = Nip77Words.Open(own); message.Length > 0 && rounds < 1_000; rounds++)
        {
            message = Nip77Words.Continue(own, Nip77Words.Answer(other, message)!, have, need)!;
        }

        return (have, need, rounds);
    }

    static List<(long, string)> Events(string name, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => (
            1_700_000_000L + (i / 3),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}{i}"))))),
    ];

    static SortedSet<string> Ids(IEnumerable<(long, string)> events) =>
        new(events.Select(item => item.Item2), StringComparer.Ordinal);
}
