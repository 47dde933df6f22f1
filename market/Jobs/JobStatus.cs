namespace PoA.Nostr.Market.Jobs;

/// <summary>Where a job stands. The words in the database are these names in lower case.</summary>
public enum JobStatus
{
    Received,
    Rejected,
    Quoted,
    Locked,
    Running,
    Delivered,
    Validating,
    Accepted,
    Disputed,
    Settled,
    Refunded,
    Split,
    Expired,
    Failed,
}

/// <summary>The arrows of the state machine: which change may follow which, and for jobs of which price.</summary>
public static class JobArrows
{
    static readonly string[] Words = [.. Enum.GetNames<JobStatus>().Select(name => name.ToLowerInvariant())];

    /// <summary>Every legal arrow. Null: for any job; true: for one with a price; false: for a free one.</summary>
    internal static readonly IReadOnlyDictionary<(JobStatus From, JobStatus To), bool?> All =
        new Dictionary<(JobStatus, JobStatus), bool?>
        {
            [(JobStatus.Received, JobStatus.Rejected)] = null,
            [(JobStatus.Received, JobStatus.Running)] = false,
            [(JobStatus.Received, JobStatus.Quoted)] = true,
            [(JobStatus.Quoted, JobStatus.Locked)] = true,
            [(JobStatus.Quoted, JobStatus.Expired)] = true,
            [(JobStatus.Locked, JobStatus.Running)] = true,
            [(JobStatus.Locked, JobStatus.Failed)] = true,
            [(JobStatus.Running, JobStatus.Delivered)] = null,
            [(JobStatus.Running, JobStatus.Failed)] = null,
            [(JobStatus.Delivered, JobStatus.Validating)] = null,
            [(JobStatus.Delivered, JobStatus.Settled)] = false,
            [(JobStatus.Delivered, JobStatus.Accepted)] = true,
            [(JobStatus.Delivered, JobStatus.Disputed)] = true,
            [(JobStatus.Validating, JobStatus.Delivered)] = null,
            [(JobStatus.Validating, JobStatus.Failed)] = null,
            [(JobStatus.Accepted, JobStatus.Settled)] = true,
            [(JobStatus.Disputed, JobStatus.Settled)] = true,
            [(JobStatus.Disputed, JobStatus.Refunded)] = true,
            [(JobStatus.Disputed, JobStatus.Split)] = true,
            [(JobStatus.Failed, JobStatus.Refunded)] = true,
        };

    public static string Word(this JobStatus status) => Words[(int)status];

    public static JobStatus Parse(string word) =>
        Array.IndexOf(Words, word) is >= 0 and var index
            ? (JobStatus)index
            : throw new FormatException($"No job status is called {word}.");

    /// <summary>Whether nothing more happens to a job here. One with a price that failed is refunded at once.</summary>
    public static bool IsTerminal(this JobStatus status) =>
        status is JobStatus.Rejected or JobStatus.Settled or JobStatus.Refunded or JobStatus.Split
            or JobStatus.Expired or JobStatus.Failed;

    /// <summary>
    /// Null when the job may go this way, arrow after arrow. From a state to itself is no arrow but a note on a job
    /// that is running (a partial result, another attempt) or delivered (a doubt), and is always welcome.
    /// </summary>
    internal static Problem? Refuse(Job job, IReadOnlyList<JobStatus> path)
    {
        var from = job.Status;
        foreach (var to in path)
        {
            if (!IsNote(from, to) && Refuse(job, from, to) is { } problem) return problem;

            from = to;
        }

        return null;
    }

    internal static bool IsNote(JobStatus from, JobStatus to) =>
        from == to && from is (JobStatus.Running or JobStatus.Delivered);

    static Problem? Refuse(Job job, JobStatus from, JobStatus to) =>
        !All.TryGetValue((from, to), out var paid) || (paid is { } needed && needed != job.IsPaid)
            ? JobProblems.IllegalArrow with { Detail = $"From {from.Word()} to {to.Word()}." }
            : null;
}
