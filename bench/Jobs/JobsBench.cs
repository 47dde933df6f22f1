using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace PoA.Nostr.Bench.Jobs;

/// <summary>
/// Jobs through a whole running instance, over its public socket: how many a second it sustains, and how long a
/// customer waits at half of that. Eight clients in this process, requests signed before, fsync and verification on.
/// </summary>
static class JobsBench
{
    const int Clients = 8;

    public static async Task<int> RunAsync(string[] args)
    {
        var relay = Option(args, "--relay") ?? "ws://127.0.0.1:7777";
        var kind = int.Parse(Option(args, "--kind") ?? "5400", CultureInfo.InvariantCulture);
        var rate = int.Parse(Option(args, "--rate") ?? "0", CultureInfo.InvariantCulture);
        var jobs = int.Parse(Option(args, "--jobs") ?? "8000", CultureInfo.InvariantCulture);
        var pid = Option(args, "--pid");
        var data = Option(args, "--data") ?? "data";
        var paid = args.Contains("--paid") ? new PaidJobs(new Uri(relay)) : null;
        if (paid is not null) kind = PaidJobs.Kind;

        Console.WriteLine($"signing {jobs} requests of kind {kind}");
        var keys = Enumerable.Range(0, Clients).Select(_ => SecretKey.Generate()).ToArray();
        var requests = new ConcurrentDictionary<string, Request>();
        var queues = keys.Select(_ => new List<Request>()).ToArray();
        for (var i = 0; i < jobs; i++)
        {
            var request = Sign(keys[i % Clients], kind, i);
            requests[request.Id] = request;
            queues[i % Clients].Add(request);
        }

        var clients = keys.Select(key => new LoadClient(key, requests, accepts: paid is not null)).ToArray();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(20));
        if (paid is not null) await paid.FillAsync(keys, jobs, patience.Token);
        foreach (var client in clients) await client.OpenAsync(relay, patience.Token);
        var residentBefore = Resident(pid);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(clients.Select((client, i) => DriveAsync(client, queues[i], rate, patience.Token)));
        await SettleAsync(requests.Values, patience.Token);
        var took = Stopwatch.GetElapsedTime(started);
        if (paid is not null) await PaidJobs.SettledAsync(data, keys, jobs, patience.Token);
        Report(requests.Values, took, rate, residentBefore, Resident(pid));
        foreach (var client in clients) await client.DisposeAsync();
        return requests.Values.All(request => request.Results == 1) ? 0 : 1;
    }

    static Request Sign(SecretKey key, int kind, int nth)
    {
        var tags = kind == PaidJobs.Kind ? PaidJobs.Tags(nth) : kind == 5302
            ? [["i", "bitcoin", "text"], ["param", "max_results", "10"], ["nonce", $"{nth}", "0"]]
            : [["i", """{"kinds":[1]}""", "text"], ["nonce", $"{nth}", "0"]];
        var signed = key.Sign(new(kind, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), tags, ""));
        byte[] frame = [.. "[\"EVENT\","u8, .. EventJson.Write(signed), (byte)']'];
        return new(signed.Id, frame);
    }

    /// <summary>Open loop at a rate; closed loop with a bounded number under way without one.</summary>
    static async Task DriveAsync(LoadClient client, List<Request> queue, int rate, CancellationToken ct)
    {
        const int underWayMax = 512 / Clients;
        var started = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var answered = 0;
        for (var i = 0; i < queue.Count; i++)
        {
            while (rate > 0
                ? Stopwatch.GetElapsedTime(started).TotalSeconds * rate / Clients < i
                : i - answered >= underWayMax)
            {
                while (answered < i && queue[answered].IsAnswered) answered++;
                if (rate > 0 || i - answered >= underWayMax) await tick.WaitForNextTickAsync(ct);
            }

            await client.PublishAsync(queue[i], ct);
        }
    }

    /// <summary>Waits until everything is answered, or nothing new was for ten seconds.</summary>
    static async Task SettleAsync(ICollection<Request> requests, CancellationToken ct)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var (last, quiet) = (-1, 0);
        while (quiet < 100 && await tick.WaitForNextTickAsync(ct))
        {
            var open = requests.Count(request => !request.IsAnswered);
            if (open == 0) return;
            quiet = open == last ? quiet + 1 : 0;
            last = open;
        }
    }

    static void Report(ICollection<Request> requests, TimeSpan took, int rate, long before, long after)
    {
        var feedback = requests.Select(request => request.FeedbackMs).OfType<double>().Order().ToList();
        var result = requests.Select(request => request.ResultMs).OfType<double>().Order().ToList();
        var asked = rate == 0 ? "as fast as it goes" : $"{rate}/s";
        var perSecond = requests.Count / took.TotalSeconds;
        var open = requests.Count(request => !request.IsAnswered);
        var twice = requests.Count(request => request.Results > 1);
        Console.WriteLine(Invariant(
            $"jobs {requests.Count} in {took.TotalSeconds:F1} s = {perSecond:F0}/s (asked: {asked})"));
        Console.WriteLine(Invariant($"unanswered {open}, answered twice {twice}"));
        Console.WriteLine(Invariant($"first 7000  p50 {At(feedback, .5):F1} ms  p99 {At(feedback, .99):F1} ms"));
        Console.WriteLine(Invariant($"result      p50 {At(result, .5):F1} ms  p99 {At(result, .99):F1} ms"));
        if (before > 0) Console.WriteLine($"resident {before / 1024} MB → {after / 1024} MB");
        Console.WriteLine($"load average {File.ReadAllText("/proc/loadavg").Trim()}");
    }

    static double At(List<double> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[(int)((sorted.Count - 1) * share)];

    /// <summary>Kilobytes resident, or 0 when no process was named.</summary>
    static long Resident(string? pid) => pid is null ? 0 : long.Parse(
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
