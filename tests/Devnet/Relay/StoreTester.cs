using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Devnet.World;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Devnet.Relay;

/// <summary>A store of a test's own, without sockets. Its events have made-up ids: the store does not verify.</summary>
public sealed class StoreTester : IDisposable
{
    public const long Now = 1_800_000_000;
    readonly TemporaryFolder _folder = new();
    readonly FixedClock _clock = new();
    EventStore _store;

    public StoreTester() => _store = Open();

    internal EventStore Store => _store;

    public static string Key(int number) => number.ToString("x64", CultureInfo.InvariantCulture);

    internal static NostrEvent Event(
        Seeded seeded, int author, int kind, long createdAt, string[][]? tags = null, string content = "")
    {
        var id = string.Concat(Enumerable.Range(0, 64).Select(_ => "0123456789abcdef"[seeded.Below(16)]));
        return new(id, Key(author), createdAt, kind, tags ?? [], content, new('0', 128));
    }

    internal async Task<Verdict> AddAsync(NostrEvent e)
    {
        var answer = new TaskCompletionSource<Verdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Submit(IncomingEvent.From(e, EventJson.Write(e)), (_, verdict) => answer.SetResult(verdict));
        return await answer.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    public List<string> Ids(params Filter[] filters)
    {
        var queries = filters.Select(filter => Query.From(filter, 500, 1_000)).ToList();
        return [.. _store.Find(queries).Select(at => Encoding.UTF8.GetString(_store.Read(at))[7..71])];
    }

    public long LogBytes => new FileInfo(_folder["events.log"]).Length;

    public void Restart()
    {
        _store.Dispose();
        _store = Open();
    }

    public void PassTime(TimeSpan time) => _clock.Offset += time;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    EventStore Open() =>
        EventStore.Open(new() { Data = _folder.Path, LogBytesMax = 1 << 28 }, _clock, NullLogger.Instance);

    sealed class FixedClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Now) + Offset;
    }
}
