using System.Diagnostics;
using System.Globalization;
using System.Runtime;

namespace PoA.Nostr.Bench.Zk;

/// <summary>One who does what is measured, Times of them in a run.</summary>
sealed record Runner(string Name, Action Run, int Times = 1);

/// <summary>
/// Runners take turns, the peer's first: whatever else the machine does falls on all of them. Each is warmed up until
/// the runtime has compiled nothing anew for a while.
/// </summary>
sealed class Race(int rounds)
{
    const double QuietMs = 400;
    const double WarmUpMaxMs = 8_000;

    /// <summary>Shorter runs are repeated up to this in each turn: the peer's takes longer than ours.</summary>
    const double TurnMs = 20;

    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    public static double PeakMb => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    static TimeSpan Cpu => Process.GetCurrentProcess().TotalProcessorTime;

    public static double Since(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;

    /// <param name="what">The line above the table.</param>
    /// <param name="peer">What the peer does, and how many of them; none where there is no peer.</param>
    /// <param name="runners">Ours.</param>
    public void Run(string what, (string Name, Func<PeerTime> Do, int Times)? peer, params Runner[] runners)
    {
        var repeats = runners.Select(WarmUp).ToArray();
        if (peer is { } warm) warm.Do();
        var peerTimes = new List<(double Ms, double Cpu)>();
        var times = runners.Select(_ => new List<double>()).ToArray();
        var cpu = new double[runners.Length];
        for (var round = 0; round < rounds; round++)
        {
            if (peer is { } other)
            {
                var took = other.Do();
                peerTimes.Add((took.Ms / other.Times, took.Cpu / other.Times));
            }

            for (var i = 0; i < runners.Length; i++)
            {
                var before = Cpu;
                for (var repeat = 0; repeat < repeats[i]; repeat++)
                {
                    var start = Stopwatch.GetTimestamp();
                    runners[i].Run();
                    times[i].Add(Since(start) / runners[i].Times);
                }

                cpu[i] += (Cpu - before).TotalMilliseconds / (repeats[i] * runners[i].Times * rounds);
            }
        }

        Console.WriteLine($"  {what}; load {Load}; ms: least, median, all cores");
        Spent? theirs = null;
        if (peer is { } known)
        {
            theirs = Spent.Of(peerTimes.Select(time => time.Ms), peerTimes.Average(time => time.Cpu));
            Print(known.Name, theirs, null);
        }

        for (var i = 0; i < runners.Length; i++)
        {
            Print(runners[i].Name, Spent.Of(times[i], cpu[i]), theirs);
        }
    }

    /// <summary>How often it is to run in a turn.</summary>
    static int WarmUp(Runner runner)
    {
        var started = Stopwatch.GetTimestamp();
        var quiet = started;
        var compiled = JitInfo.GetCompiledMethodCount();
        var least = double.MaxValue;
        while (Since(quiet) < QuietMs && Since(started) < WarmUpMaxMs)
        {
            var start = Stopwatch.GetTimestamp();
            runner.Run();
            least = Math.Min(least, Since(start));
            if (JitInfo.GetCompiledMethodCount() == compiled) continue;

            (compiled, quiet) = (JitInfo.GetCompiledMethodCount(), Stopwatch.GetTimestamp());
        }

        return Math.Max(1, (int)(TurnMs / least));
    }

    static void Print(string name, Spent own, Spent? peer)
    {
        var ratios = peer is null
            ? ""
            : $"   {peer.Least / own.Least,6:F1} × {peer.Median / own.Median,6:F1} × {peer.Cpu / own.Cpu,6:F1} ×";
        Console.WriteLine($"    {name,-34} {own.Least,10:F3} {own.Median,10:F3} {own.Cpu,10:F3}{ratios}");
    }

    sealed record Spent(double Least, double Median, double Cpu)
    {
        public static Spent Of(IEnumerable<double> times, double cpu)
        {
            var sorted = times.Order().ToArray();
            return new(sorted[0], sorted[sorted.Length / 2], cpu);
        }
    }
}
