using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Simulation;

/// <summary>
/// Seed after seed, in memory. <c>./poa test sim --seeds N</c> says how many; a failure names its seed, and
/// <c>SIM_SEED</c> runs that one alone.
/// </summary>
[Suite("sim")]
public class StormTests
{
    const int SeedsOfShortRun = 2_000;
    const int SeedsOfLongRun = 100_000;

    [Fact]
    public Task Whatever_goes_wrong_no_sat_is_lost_and_every_job_ends() =>
        RunAsync(Number("SIM_SEEDS") ?? SeedsOfShortRun);

    [Fact(Explicit = true)]
    public Task Whatever_goes_wrong_no_sat_is_lost_and_every_job_ends_many_times() => RunAsync(SeedsOfLongRun);

    /// <summary>A simulator that never fails proves nothing: each of these must be found, and soon.</summary>
    [Theory]
    [InlineData(PlantedFault.ReplayPostsAgain)]
    [InlineData(PlantedFault.RefundIsLost)]
    [InlineData(PlantedFault.FeeIsOffByOne)]
    [InlineData(PlantedFault.LockMovesNothing)]
    [InlineData(PlantedFault.GuardIsMissing)]
    [InlineData(PlantedFault.DeadlineIsForgotten)]
    [InlineData(PlantedFault.CrashIsForgotten)]
    [InlineData(PlantedFault.AnswerCreditsTwice)]
    [InlineData(PlantedFault.UnknownIsFailure)]
    [InlineData(PlantedFault.UnknownPaymentFailed)]
    public void A_fault_that_was_planted_is_found(PlantedFault fault)
    {
        var found = Enumerable.Range(0, SeedsOfShortRun).Select(seed => (seed, Said: FirstWord(seed, fault)))
            .FirstOrDefault(run => run.Said is not null);
        Console.WriteLine($"{fault} is found by seed {found.seed}: {found.Said}");
        Assert.NotNull(found.Said);
    }

    static string? FirstWord(int seed, PlantedFault fault) =>
        Record.Exception(new Storm($"storm {seed}", fault).Run)?.Message.Split('\n')[0];

    static Task RunAsync(int seeds) => Task.Run(() =>
    {
        var (first, count) = Number("SIM_SEED") is { } one ? (one, 1) : (0, seeds);
        var ends = new ConcurrentDictionary<JobStatus, int>();
        int crashes = 0, faults = 0;
        var watch = Stopwatch.StartNew();
        Parallel.For(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            var storm = new Storm($"storm {seed}");
            try
            {
                storm.Run();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }

            Interlocked.Add(ref crashes, storm.Crashes);
            Interlocked.Add(ref faults, storm.Faults);
            foreach (var end in storm.Ends) ends.AddOrUpdate(end, 1, (_, known) => known + 1);
        });

        var rate = count / watch.Elapsed.TotalMinutes;
        var ended = string.Join(", ", ends.OrderBy(end => end.Key).Select(end => $"{end.Key.Word()} {end.Value}"));
        Console.WriteLine($"{count} seeds, {rate:0} a minute; {crashes} crashes, {faults} faults; jobs ended {ended}");
        if (count == 1) return;

        // A storm in which nothing happens proves nothing.
        Assert.All(
            new[] { JobStatus.Settled, JobStatus.Refunded, JobStatus.Split, JobStatus.Expired },
            end => Assert.True(ends.GetValueOrDefault(end) > 0, $"No job ended {end}."));
        Assert.True(crashes > count && faults > count);
    });

    static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
