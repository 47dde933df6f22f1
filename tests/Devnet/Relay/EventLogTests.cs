using System.Text;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Devnet.Relay;

/// <summary>The log after a crash: what was committed is there, what was not is gone, and writing goes on.</summary>
public sealed class EventLogTests : IDisposable
{
    const int Head = 8;
    static readonly string[] Written = ["""{"a":1}""", "{}", new('x', 300), "ü😀", "last"];
    readonly TemporaryFolder _folder = new();

    string File => _folder["events.log"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_cut_at_any_byte_keeps_every_whole_event_and_takes_new_ones()
    {
        WriteAll();
        var whole = System.IO.File.ReadAllBytes(File);
        for (var size = 0; size <= whole.Length; size++)
        {
            System.IO.File.WriteAllBytes(File, whole[..size]);

            Assert.Equal(WholeWithin(size), Reopen(out _));

            Append("new");
            Assert.Equal([.. WholeWithin(size), "new"], Reopen(out var cut));
            Assert.Equal(0, cut);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(5_000)]
    public void Zeros_or_garbage_behind_the_end_are_cut_off(int bytes)
    {
        WriteAll();
        var whole = System.IO.File.ReadAllBytes(File);
        foreach (var filler in new byte[] { 0, 7, 0xff })
        {
            var tail = Enumerable.Repeat(filler, bytes);
            System.IO.File.WriteAllBytes(File, [.. whole, .. tail]);

            Assert.Equal(Written, Reopen(out var cut));
            Assert.Equal(bytes, cut);
            Assert.Equal(whole.Length, new FileInfo(File).Length);
        }
    }

    [Fact]
    public void A_damaged_event_is_left_out_and_those_after_it_are_kept()
    {
        WriteAll();
        var whole = System.IO.File.ReadAllBytes(File);
        whole[Head + Written[0].Length + Head] ^= 1;
        System.IO.File.WriteAllBytes(File, whole);

        Assert.Equal([Written[0], .. Written[2..]], Reopen(out var cut));
        Assert.Equal(0, cut);
    }

    [Fact]
    public void What_was_not_committed_is_not_there()
    {
        using (var log = new EventLog(File, 1 << 20))
        {
            log.Append("first"u8);
            log.Commit();
            log.Append("second"u8);
        }

        Assert.Equal(["first"], Reopen(out _));
    }

    [Fact]
    public void A_full_log_says_so_and_stays_whole()
    {
        using (var log = new EventLog(File, 100))
        {
            Assert.NotNull(log.Append(new byte[60]));
            Assert.Null(log.Append(new byte[60]));
            log.Commit();
        }

        Assert.Single(Reopen(out _));
    }

    void WriteAll()
    {
        using var log = new EventLog(File, 1 << 20);
        foreach (var text in Written) log.Append(Encoding.UTF8.GetBytes(text));
        log.Commit();
    }

    void Append(string text)
    {
        using var log = new EventLog(File, 1 << 20);
        log.Replay(_ => { });
        log.Append(Encoding.UTF8.GetBytes(text));
        log.Commit();
    }

    List<string> Reopen(out long cut)
    {
        using var log = new EventLog(File, 1 << 20);
        List<string> found = [];
        cut = log.Replay(at => found.Add(Encoding.UTF8.GetString(log.Read(at))));
        return found;
    }

    static List<string> WholeWithin(int size)
    {
        List<string> whole = [];
        var end = 0;
        foreach (var text in Written)
        {
            end += Head + Encoding.UTF8.GetByteCount(text);
            if (end <= size) whole.Add(text);
        }

        return whole;
    }
}
