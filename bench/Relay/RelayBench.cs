using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace PoA.Nostr.Bench.Relay;

/// <summary>
/// The devnet relay against npm's @nostr-relay, in memory and on a file: the same pre-signed events through the public
/// socket, per second and per second of the relay's own CPU. Ours writes to disk and waits for it, always.
/// </summary>
static class RelayBench
{
    const int EventsCount = 5_000;
    const int FanOutCount = 400;
    const int Listeners = 20;
    static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--serve", var folder]) return await BenchRelay.ServeAsync(folder);
        if (args is ["memory", .. var count]) return await RelayMemoryBench.RunAsync(count);

        var rounds = args is ["--rounds", var n] ? int.Parse(n, CultureInfo.InvariantCulture) : 1;
        using var key = SecretKey.Generate();
        var start = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 10_000;
        var events = Enumerable.Range(0, EventsCount).Select(i => Event(key, i, start, 5_050 + (i % 4))).ToList();
        var live = Enumerable.Range(0, FanOutCount).Select(i => Event(key, i, start, 5_900)).ToList();
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        Console.WriteLine($"{EventsCount} events of {Message(events[0]).Length} bytes, {rounds} rounds, load {load}");

        Dictionary<(string Test, string Relay), List<(double Wall, double Cpu)>> results = [];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var open in new[] { BenchRelay.Ours, () => BenchRelay.Npm(true), () => BenchRelay.Npm(false) })
            {
                using var relay = open();
                foreach (var (test, rate) in await MeasureAsync(relay, events, live))
                {
                    if (!results.TryGetValue((test, relay.Name), out var all)) results[(test, relay.Name)] = all = [];
                    all.Add(rate);
                }
            }
        }

        Print(results);
        return 0;
    }

    static async Task<List<(string Test, (double Wall, double Cpu) Rate)>> MeasureAsync(
        BenchRelay relay, List<NostrEvent> events, List<NostrEvent> live)
    {
        using var client = await BenchClient.ConnectAsync(relay.Url);
        var messages = events.ConvertAll(Message);
        List<(string, (double, double))> rates = [];
        rates.Add(("publish", await RateAsync(relay, () => PublishAsync(client, messages))));
        rates.Add(("publish again", await RateAsync(relay, () => PublishAsync(client, messages))));
        rates.Add(("REQ by id", await RateAsync(relay, () => QueryAsync(
            client, i => $$"""{"ids":["{{events[i * 7 % EventsCount].Id}}"]}""", 1))));
        rates.Add(("REQ by kind, events", await RateAsync(relay, () => QueryAsync(
            client, i => $$"""{"kinds":[{{5_050 + (i % 4)}}],"limit":500}""", 500))));
        rates.Add(("REQ kinds and #t", await RateAsync(relay, () => QueryAsync(
            client, i => $$"""{"kinds":[5050,5051],"#t":["topic{{i % 10}}"],"limit":100}""", 1))));
        rates.Add(("fan-out to 20", await RateAsync(relay, () => FanOutAsync(relay, client, live))));
        return rates;
    }

    static async Task<(double Wall, double Cpu)> RateAsync(BenchRelay relay, Func<Task<int>> work)
    {
        var cpu = relay.CpuSeconds;
        var watch = Stopwatch.StartNew();
        var done = await work();
        return (done / watch.Elapsed.TotalSeconds, done / Math.Max(0.01, relay.CpuSeconds - cpu));
    }

    static async Task<int> PublishAsync(BenchClient client, List<byte[]> messages)
    {
        var answers = client.ReadAsync("OK", messages.Count);
        foreach (var message in messages) await client.SendAsync(message);
        await answers;
        return messages.Count;
    }

    /// <summary>One after the other, as many as fit into the time; each counts as much as it brings.</summary>
    static async Task<int> QueryAsync(BenchClient client, Func<int, string> filter, int worth)
    {
        var watch = Stopwatch.StartNew();
        var asked = 0;
        for (; watch.Elapsed < QueryTime; asked++)
        {
            await client.SendAsync($"[\"REQ\",\"q\",{filter(asked)}]");
            await client.ReadAsync("EOSE", 1);
            await client.SendAsync("""["CLOSE","q"]""");
        }

        return asked * worth;
    }

    static async Task<int> FanOutAsync(BenchRelay relay, BenchClient client, List<NostrEvent> live)
    {
        List<BenchClient> listeners = [];
        for (var i = 0; i < Listeners; i++)
        {
            var listener = await BenchClient.ConnectAsync(relay.Url);
            await listener.SendAsync("""["REQ","live",{"kinds":[5900]}]""");
            await listener.ReadAsync("EOSE", 1);
            listeners.Add(listener);
        }

        var heard = listeners.ConvertAll(listener => listener.ReadAsync("EVENT", live.Count));
        await PublishAsync(client, live.ConvertAll(Message));
        await Task.WhenAll(heard);
        listeners.ForEach(listener => listener.Dispose());
        return live.Count * Listeners;
    }

    static NostrEvent Event(SecretKey key, int i, long start, int kind) => key.Sign(new(
        kind, start + i,
        [["i", $"input {i}", "text"], ["t", $"topic{i % 10}"], ["param", "lang", "en"]], new('x', 200)));

    static byte[] Message(NostrEvent e) =>
        Encoding.UTF8.GetBytes($"[\"EVENT\",{Encoding.UTF8.GetString(EventJson.Write(e))}]");

    /// <summary>Medians; the ratio is per CPU second, against npm in memory.</summary>
    static void Print(Dictionary<(string Test, string Relay), List<(double Wall, double Cpu)>> results)
    {
        string[] relays = ["ours", "npm memory", "npm file"];
        var heads = relays.Select(relay => $"{relay + " /s",16}{"/CPU s",10}{"min",10}");
        Console.WriteLine($"{"",-22}{string.Concat(heads)}   ratio");
        foreach (var test in results.Keys.Select(key => key.Test).Distinct())
        {
            var columns = relays.Select(relay => Columns(results[(test, relay)]));
            var ratio = Cpu(test, "ours") / Cpu(test, "npm memory");
            Console.WriteLine($"{test,-22}{string.Concat(columns)}{ratio,8:0.0}");
        }

        double Cpu(string test, string relay) => Median(results[(test, relay)].Select(one => one.Cpu));
    }

    static string Columns(List<(double Wall, double Cpu)> all)
    {
        var (wall, cpu) = (Median(all.Select(one => one.Wall)), Median(all.Select(one => one.Cpu)));
        return $"{wall,16:0}{cpu,10:0}{all.Min(one => one.Cpu),10:0}";
    }

    static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
