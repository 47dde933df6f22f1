namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// One job as its row says. The guard of every change is <see cref="Status"/> and <see cref="Version"/>: whoever
/// changes a job that has moved on meanwhile changes nothing.
/// </summary>
/// <param name="Id">The id that the customer knows: the request event's id where it came over Nostr.</param>
/// <param name="Edge">The edge that it came in by, which opens the request and words the answers.</param>
/// <param name="Kind">The request kind, 5000 to 5999.</param>
/// <param name="Agent">Public key of the agent that does the work.</param>
/// <param name="Customer">Public key of whoever asked.</param>
/// <param name="Private">The request is encrypted, and so is the output that is kept.</param>
/// <param name="Request">The request as it came. A private one stays encrypted.</param>
/// <param name="Price">Zero is free.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Version">How many changes it has seen.</param>
public sealed record Job(
    string Id, string Edge, int Kind, string Agent, string Customer, bool Private, string Request, Msat Price,
    JobStatus Status, int Version)
{
    /// <summary>What was delivered, as the edge keeps it (encrypted where the job is private); null before.</summary>
    public string? Output { get; init; }

    /// <summary>The code of the problem that rejected or failed it.</summary>
    public string? ProblemCode { get; init; }

    /// <summary>How often an executor began.</summary>
    public int Attempts { get; init; }

    /// <summary>Unix seconds of the last event said about it: the next one is later.</summary>
    public long SaidAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset? PayBy { get; init; }
    public DateTimeOffset? SubmitBy { get; init; }
    public DateTimeOffset? AcceptBy { get; init; }
    public DateTimeOffset? ArbitrateBy { get; init; }

    /// <summary>What was agreed where there is a price; null for a free job.</summary>
    public JobTerms? Terms { get; init; }

    /// <summary>When its payer first disliked what was delivered.</summary>
    public DateTimeOffset? DoubtedAt { get; init; }

    /// <summary>The tags of the output, as the edge keeps them.</summary>
    public string? OutputTags { get; init; }

    /// <summary>What the rail took when the price was paid: a refund returns that too.</summary>
    public Msat RailCost { get; init; }

    /// <summary>Whether there is a price, and so money behind each arrow.</summary>
    public bool IsPaid => Price > Msat.Zero;

    /// <summary>Since when the deadline of its state runs.</summary>
    internal DateTimeOffset DeadlineSince => (Status, Terms) switch
    {
        (JobStatus.Locked or JobStatus.Running, { } terms) when SubmitBy is { } by => by - terms.SubmitWithin,
        (JobStatus.Delivered, { } terms) when AcceptBy is { } by => by - terms.AcceptWithin,
        (JobStatus.Disputed, { } terms) when ArbitrateBy is { } by => by - terms.ArbitrateWithin,
        _ => ReceivedAt,
    };

    /// <summary>The deadline of its state, or null where it has none.</summary>
    internal DateTimeOffset? Deadline => Status switch
    {
        JobStatus.Quoted => PayBy,
        JobStatus.Locked or JobStatus.Running => SubmitBy,
        JobStatus.Delivered => AcceptBy,
        JobStatus.Disputed => ArbitrateBy,
        _ => null,
    };
}
