namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// The seam to whatever a job came in by: NIP-90, later HTTP and MCP. The edge knows how to read a request again
/// after a crash, and how to tell the customer what has become of it.
/// </summary>
public interface IJobEdge
{
    /// <summary>As it stands in <see cref="Job.Edge"/>: "nostr".</summary>
    string Name { get; }

    /// <summary>The work behind a job, read again from its request.</summary>
    ValueTask<JobWork> OpenAsync(Job job, CancellationToken ct);

    /// <summary>
    /// Words and signs what the customer hears of a change. Nothing is sent: the entries join the transaction of the
    /// change, so they leave if, and only if, the guard lets it through.
    /// </summary>
    ValueTask<JobSaying> SayAsync(JobNews news, CancellationToken ct);
}

/// <summary>A change about to be made.</summary>
/// <param name="Job">As it stands before.</param>
/// <param name="Status">Where it will stand. Running with a partial text is an intermediate result.</param>
public sealed record JobNews(Job Job, JobStatus Status)
{
    public JobOutput? Output { get; init; }
    public string? Partial { get; init; }
    public Problem? Problem { get; init; }
}

/// <param name="Entries">Signed events for the outbox.</param>
/// <param name="SaidAt">Unix seconds of the last of them.</param>
/// <param name="Output">The output as it may be kept: encrypted where the job is private.</param>
public sealed record JobSaying(IReadOnlyList<OutboxEntry> Entries, long SaidAt, string? Output = null);
