using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Devnet.World;

namespace PoA.Nostr.Bench.Relay;

/// <summary>What an event costs the relay in memory, and how long a start takes, with a million events.</summary>
static class RelayMemoryBench
{
    const int InFlight = 4_096;

    public static async Task<int> RunAsync(string[] args)
    {
        var count = args is [var n] ? int.Parse(n, CultureInfo.InvariantCulture) : 1_000_000;
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        try
        {
            var watch = Stopwatch.StartNew();
            using (var store = EventStore.Open(new() { Data = folder }, TimeProvider.System, NullLogger.Instance))
            {
                await FillAsync(store, count);
                Console.WriteLine($"{count} events written in {watch.Elapsed.TotalSeconds:0.0} s");
            }

            var before = GC.GetTotalMemory(forceFullCollection: true);
            watch.Restart();
            using (var store = EventStore.Open(new() { Data = folder }, TimeProvider.System, NullLogger.Instance))
            {
                Console.WriteLine($"{store.Count} events read at start in {watch.Elapsed.TotalSeconds:0.0} s");
                var heap = GC.GetTotalMemory(forceFullCollection: true) - before;
                var log = new FileInfo(Path.Combine(folder, "events.log")).Length;
                Console.WriteLine($"managed {heap / count} bytes an event, on disk {log / count} bytes an event");
                GC.KeepAlive(store);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    /// <summary>A thousand authors, few kinds, three tags each of which one is unique.</summary>
    static async Task FillAsync(EventStore store, int count)
    {
        var seeded = new Seeded("memory");
        using var room = new SemaphoreSlim(InFlight);
        for (var i = 0; i < count; i++)
        {
            var id = string.Concat(Enumerable.Range(0, 16).Select(_ => seeded.Below(65_536).ToString("x4", null)));
            var pubkey = (i % 1_000).ToString("x64", CultureInfo.InvariantCulture);
            string[][] tags = [["e", id], ["p", pubkey], ["t", $"topic{i % 100}"]];
            var at = 1_700_000_000 + seeded.Below(10_000_000);
            var e = new NostrEvent(id, pubkey, at, i % 3 == 0 ? 7 : 1, tags, new('x', 100), new('0', 128));
            await room.WaitAsync();
            store.Submit(IncomingEvent.From(e, EventJson.Write(e)), (_, _) => room.Release());
        }

        for (var i = 0; i < InFlight; i++) await room.WaitAsync();
    }
}
