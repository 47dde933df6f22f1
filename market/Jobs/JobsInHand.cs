using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// The jobs that this process has taken on: those that wait for a runner here and those at work. The rows are the
/// truth; this is the short way for a job that this process accepted itself, and the bound on how many it holds.
/// </summary>
public sealed class JobsInHand(IOptions<MarketOptions> options) : IDisposable
{
    /// <summary>On which processes say that they ended a job which another may have in hand.</summary>
    internal const string OverTopic = "jobs_over";

    readonly SemaphoreSlim _places = new(options.Value.JobsTakenMax);
    readonly ConcurrentDictionary<string, JobInHand> _all = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, int> _load = new(StringComparer.Ordinal);
    readonly Channel<JobInHand> _waiting = Channel.CreateBounded<JobInHand>(options.Value.JobsTakenMax);
    bool _hasPaid;

    /// <summary>Set when a job begins to wait.</summary>
    internal Signal Added { get; } = new();

    /// <summary>Set when a payment sent jobs to work in the table: somebody should claim them.</summary>
    internal bool HasPaid
    {
        get => Volatile.Read(ref _hasPaid);
        set => Volatile.Write(ref _hasPaid, value);
    }

    internal IEnumerable<JobInHand> All => _all.Values;

    /// <summary>How many jobs an agent has here: its load.</summary>
    public int Load(string agent) => _load.GetValueOrDefault(agent);

    /// <summary>False when no place came free in time.</summary>
    internal Task<bool> ReserveAsync(TimeSpan atMost, CancellationToken ct) => _places.WaitAsync(atMost, ct);

    internal void Release() => _places.Release();

    /// <summary>Fills a place that was reserved, and queues the job for a runner.</summary>
    internal void Add(Job job, JobWork work, DateTimeOffset leasedUntil)
    {
        var taken = new JobInHand(job) { Work = work, SubmitBy = work.SubmitBy, LeasedUntil = leasedUntil };
        AddClaimed(taken);

        // There are as many places as the channel holds, so this cannot fail.
        _waiting.Writer.TryWrite(taken);
        Added.Set();
    }

    /// <summary>Fills a place that was reserved with a job claimed from the table.</summary>
    internal void AddClaimed(JobInHand claimed)
    {
        // We may claim back our own job after a long pause: who worked on it then works for nobody.
        if (_all.TryGetValue(claimed.Job.Id, out var before)) before.Stop();
        _all[claimed.Job.Id] = claimed;
        _load.AddOrUpdate(claimed.Job.Agent, 1, (_, load) => load + 1);
    }

    /// <summary>Jobs that were just paid wait in the table: whoever runs jobs here may claim them at once.</summary>
    internal void Paid()
    {
        HasPaid = true;
        Added.Set();
    }

    internal List<JobInHand> TakeWaiting(int max)
    {
        List<JobInHand> taken = [];
        while (taken.Count < max && _waiting.Reader.TryRead(out var one)) taken.Add(one);
        return taken;
    }

    /// <summary>The job is over or no longer ours.</summary>
    internal void Remove(JobInHand taken)
    {
        _all.TryRemove(new(taken.Job.Id, taken));
        _load.AddOrUpdate(taken.Job.Agent, 0, (_, load) => load - 1);
        taken.Dispose();
        _places.Release();
    }

    /// <summary>Somebody ended the job elsewhere: whoever works on it here may stop.</summary>
    internal void Stop(string jobId)
    {
        if (_all.TryGetValue(jobId, out var taken)) taken.Stop();
    }

    public void Dispose()
    {
        _places.Dispose();
        Added.Dispose();
    }
}

/// <summary>One job that this process works on.</summary>
sealed class JobInHand(Job job) : IDisposable
{
    readonly CancellationTokenSource _stopped = new();

    /// <summary>As this process last changed it.</summary>
    public Job Job { get; set; } = job;

    /// <summary>Null where it must be opened first: it was begun by another process.</summary>
    public JobWork? Work { get; init; }

    /// <summary>When the work is due, time of deafness credited.</summary>
    public required DateTimeOffset SubmitBy { get; init; }

    public DateTimeOffset LeasedUntil { get; set; }

    public int Partials { get; set; }

    public CancellationToken Stopped => _stopped.Token;

    /// <summary>Returns at once: what the work does about it, and how long it takes, is its own.</summary>
    public void Stop()
    {
        try
        {
            _ = _stopped.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended in the same moment.
        }
    }

    public void Dispose() => _stopped.Dispose();
}
