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

/// <summary>The arrows of the state machine: which change may follow which, and which of them need money.</summary>
public static class JobArrows
{
    static readonly string[] Words = [.. Enum.GetNames<JobStatus>().Select(name => name.ToLowerInvariant())];

    /// <summary>Every legal arrow. True where money is behind it: those wait for payments.</summary>
    internal static readonly IReadOnlyDictionary<(JobStatus From, JobStatus To), bool> All =
        new Dictionary<(JobStatus, JobStatus), bool>
        {
            [(JobStatus.Received, JobStatus.Rejected)] = false,
            [(JobStatus.Received, JobStatus.Running)] = false,
            [(JobStatus.Received, JobStatus.Quoted)] = true,
            [(JobStatus.Quoted, JobStatus.Locked)] = true,
            [(JobStatus.Quoted, JobStatus.Expired)] = true,
            [(JobStatus.Locked, JobStatus.Running)] = true,
            [(JobStatus.Locked, JobStatus.Failed)] = true,
            [(JobStatus.Running, JobStatus.Delivered)] = false,
            [(JobStatus.Running, JobStatus.Failed)] = false,
            [(JobStatus.Delivered, JobStatus.Validating)] = false,
            [(JobStatus.Delivered, JobStatus.Settled)] = false,
            [(JobStatus.Delivered, JobStatus.Accepted)] = true,
            [(JobStatus.Delivered, JobStatus.Disputed)] = true,
            [(JobStatus.Validating, JobStatus.Delivered)] = false,
            [(JobStatus.Validating, JobStatus.Failed)] = false,
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

    /// <summary>Whether nothing more happens to a free job here. A paid one that failed is refunded yet.</summary>
    public static bool IsTerminal(this JobStatus status) =>
        status is JobStatus.Rejected or JobStatus.Settled or JobStatus.Refunded or JobStatus.Split
            or JobStatus.Expired or JobStatus.Failed;

    /// <summary>
    /// Null when the job may go this way, arrow after arrow. Running to running is no arrow but a note on a running
    /// job (a partial result, another attempt), and is always welcome.
    /// </summary>
    internal static Problem? Refuse(Job job, IReadOnlyList<JobStatus> path)
    {
        var from = job.Status;
        foreach (var to in path)
        {
            if ((from, to) is not (JobStatus.Running, JobStatus.Running) && Refuse(job, from, to) is { } problem)
            {
                return problem;
            }

            from = to;
        }

        return null;
    }

    static Problem? Refuse(Job job, JobStatus from, JobStatus to) =>
        !All.TryGetValue((from, to), out var needsMoney)
            ? JobProblems.IllegalArrow with { Detail = $"From {from.Word()} to {to.Word()}." } :
        needsMoney || (job.Price > Msat.Zero && to is not JobStatus.Rejected) ? JobProblems.PaymentsAbsent :
        null;
}
