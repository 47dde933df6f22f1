namespace PoA.Nostr.Market.Jobs;

/// <summary>One job as an executor sees it: in the clear, bounded, and the same whatever edge it came in by.</summary>
/// <param name="JobId">The id that the customer knows: the request event's id where it came over Nostr.</param>
/// <param name="Kind">The request kind, 5000 to 5999.</param>
/// <param name="Agent">Public key of the agent that does the work.</param>
/// <param name="Customer">Public key of whoever asked.</param>
/// <param name="Inputs">In the order given; inputs of type job are already replaced by that job's output.</param>
/// <param name="Params">Name and values, in the order given; a name may repeat.</param>
/// <param name="OutputMime">What the customer asked for, or null.</param>
/// <param name="Private">The request was encrypted: its text may appear in no log and no public event.</param>
/// <param name="SubmitBy">After this the job has failed.</param>
public sealed record JobWork(
    string JobId, int Kind, string Agent, string Customer, IReadOnlyList<JobInput> Inputs,
    IReadOnlyList<JobParam> Params, string? OutputMime, bool Private, DateTimeOffset SubmitBy)
{
    /// <summary>The first value of the first parameter with this name, or null.</summary>
    public string? Param(string name) => Params.FirstOrDefault(p => p.Name == name)?.Values.FirstOrDefault();
}

/// <summary>What an executor hands in.</summary>
/// <param name="Content">The result's content.</param>
/// <param name="Mime">Its media type.</param>
/// <param name="Tags">Further tags for the result event, such as source offsets.</param>
/// <param name="Confidence">0 to 1, or null where the agent does not say.</param>
public sealed record JobOutput(
    string Content, string Mime = "text/plain", IReadOnlyList<string[]>? Tags = null, double? Confidence = null);

/// <summary>
/// The seam for whatever does the work: a template agent, a container, a webhook, a model endpoint. A problem thrown
/// here is the job's coded failure; any other exception is a crash, and the job is tried again a few times.
/// </summary>
public interface IJobExecutor
{
    /// <summary>Null when this input can be worked on; asked before any money moves. Pure and quick.</summary>
    Problem? Refuse(JobWork work);

    /// <param name="work">What to do.</param>
    /// <param name="partial">Hands the customer an intermediate result; bounded in number by the caller.</param>
    /// <param name="ct">Cancelled at the deadline, and when the customer cancels.</param>
    Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct);

    /// <summary>
    /// Re-checks an output by machine, by another way than it was made: it may count again, or look events up. Null
    /// when it holds, or when this kind cannot be checked by machine (<see cref="HasVerifier"/> says which). A
    /// dispute about a checkable kind is decided here.
    /// </summary>
    Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct);

    bool HasVerifier { get; }
}
