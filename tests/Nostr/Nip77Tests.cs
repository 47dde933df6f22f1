using PoA.Nostr.Devnet.World;

namespace PoA.Nostr.Tests.Nostr;

/// <summary>NIP-77: both sides of ours find every difference.</summary>
public class Nip77Tests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0, 1_000)]
    [InlineData(0, 1_000, 0)]
    [InlineData(10, 3, 2)]
    [InlineData(5_000, 7, 20)]
    [InlineData(300, 300, 300)]
    [InlineData(2_000, 1_000, 10_000)]
    public void Every_difference_is_found_and_nothing_else(int shared, int ours, int theirs)
    {
        var seeded = new Seeded($"{shared} {ours} {theirs}");
        var common = Items(seeded, shared);
        var mine = Items(seeded, ours);
        var other = Items(seeded, theirs);
        foreach (var messageBytesMax in new[] { 4_096, 10_000, 1_000_000 })
        {
            var asking = new Reconciliation(new([.. common, .. mine]), messageBytesMax);
            var answering = new Reconciliation(new([.. other, .. common]), messageBytesMax);
            List<string> have = [];
            List<string> need = [];

            for (var message = asking.Open(); message is not null;)
            {
                var answer = answering.Answer(message, out _);
                Assert.InRange(answer!.Length, 1, messageBytesMax);
                message = asking.Continue(answer, have, need, out var problem);
                Assert.Null(problem);
            }

            Assert.Equal(mine.Select(item => item.Id).Order(), have.Distinct().Order());
            Assert.Equal(other.Select(item => item.Id).Order(), need.Distinct().Order());
        }
    }

    [Fact]
    public void A_later_version_is_told_ours_and_broken_messages_are_a_problem()
    {
        var side = new Reconciliation(new(Items(new("broken"), 100)), 4_096);

        Assert.Equal([0x61], side.Answer([0x62, 1, 2, 3], out var problem));
        Assert.Null(problem);
        var open = side.Open();
        for (var length = 0; length < open.Length; length++)
        {
            _ = side.Answer(open.AsSpan(0, length), out _);
        }

        byte[][] broken =
        [
            [], [0x41], [0x61, 0x80], [0x61, 0, 0, 3], [0x61, 0, 33, 0], [0x61, 0, 0, 1, 1, 2, 3],
            [0x61, 0, 0, 2, 0xff, 0xff, 0x7f], [0x61, .. Enumerable.Repeat((byte)0xff, 11)],
        ];
        foreach (var message in broken)
        {
            Assert.Null(side.Answer(message, out problem));
            Assert.Equal(ReconciliationProblems.Malformed, problem);
        }
    }

    /// <summary>Few different times, so that ids have to tell items apart.</summary>
    static List<ReconciledItem> Items(Seeded seeded, int count)
    {
        List<ReconciledItem> items = [];
        var id = new byte[32];
        for (var i = 0; i < count; i++)
        {
            for (var b = 0; b < id.Length; b++) id[b] = (byte)seeded.Below(256);
            items.Add(ReconciledItem.From(1_700_000_000UL + (ulong)seeded.Below(20), id));
        }

        return items;
    }
}
