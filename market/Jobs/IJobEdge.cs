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
    /// The work with what its inputs only name. Asked when the work begins: that may take a stranger's time.
    /// </summary>
    ValueTask<JobWork> FetchAsync(JobWork work, CancellationToken ct);

    /// <summary>What was delivered, in the clear, as it is kept in the row.</summary>
    ValueTask<JobOutput> ReadOutputAsync(Job job, CancellationToken ct);

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

    /// <summary>How it may be paid, where it is quoted.</summary>
    public JobQuote? Quote { get; init; }

    /// <summary>What is owed back, and how far that is.</summary>
    public RefundNews? Refund { get; init; }

    /// <summary>A sentence on a job that goes on: it is no failure.</summary>
    public Problem? Notice { get; init; }
}

/// <summary>The ways in which a quoted job may be paid, besides those that need no word.</summary>
/// <param name="Bolt11">An invoice over the price, or null.</param>
/// <param name="Creq">A Cashu payment request (NUT-18), or null.</param>
public sealed record JobQuote(string? Bolt11, string? Creq);

/// <param name="Id">Of the refund, by which it can be asked for.</param>
/// <param name="State">"pending", "ready", "collected" or "failed".</param>
/// <param name="Amount">What goes back.</param>
/// <param name="Way">How it goes, once that is known.</param>
public sealed record RefundNews(Guid Id, string State, Msat Amount, string? Way = null);

/// <param name="Entries">Signed events for the outbox.</param>
/// <param name="SaidAt">Unix seconds of the last of them.</param>
/// <param name="Output">The output as it may be kept: encrypted where the job is private.</param>
/// <param name="OutputTags">Likewise its tags; null where there are none.</param>
public sealed record JobSaying(
    IReadOnlyList<OutboxEntry> Entries, long SaidAt, string? Output = null, string? OutputTags = null);
