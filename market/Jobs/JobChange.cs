using PoA.Nostr.Market.Escrow;

namespace PoA.Nostr.Market.Jobs;

/// <summary>One change of one job: the arrows it goes, why, and what is kept, paid and said with it.</summary>
/// <param name="Before">As it was read: the guard demands this status and version.</param>
/// <param name="Cause">For the audit: "delivered", "retry", a problem's code. Never anybody's text.</param>
/// <param name="Path">The states it passes, the last of which it stays in.</param>
public sealed record JobChange(Job Before, string Cause, IReadOnlyList<JobStatus> Path)
{
    public JobSaying Saying { get; init; } = new([], Before.SaidAt);
    public string? OutputMime { get; init; }
    public double? Confidence { get; init; }
    public string? ProblemCode { get; init; }

    /// <summary>Who stays in the state Running is ours until then.</summary>
    public DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>What happens to the money in the same transaction.</summary>
    public EscrowMove? Money { get; init; }

    /// <summary>What the rail took of the payment that is locked by it.</summary>
    public Msat RailCost { get; init; }

    /// <summary>What is owed back by it.</summary>
    public RefundOrder? Refund { get; init; }

    /// <summary>Deadlines that begin with it.</summary>
    public DateTimeOffset? SubmitBy { get; init; }

    public DateTimeOffset? AcceptBy { get; init; }
    public DateTimeOffset? ArbitrateBy { get; init; }
    public DateTimeOffset? DoubtedAt { get; init; }

    /// <summary>The job once the change is kept.</summary>
    public Job After => Before with
    {
        Status = Path[^1],
        Version = Before.Version + Path.Count,
        Output = Saying.Output ?? Before.Output,
        OutputTags = Saying.OutputTags ?? Before.OutputTags,
        ProblemCode = ProblemCode ?? Before.ProblemCode,
        SaidAt = Saying.SaidAt,
        SubmitBy = SubmitBy ?? Before.SubmitBy,
        AcceptBy = AcceptBy ?? Before.AcceptBy,
        ArbitrateBy = ArbitrateBy ?? Before.ArbitrateBy,
        DoubtedAt = DoubtedAt ?? Before.DoubtedAt,
        RailCost = Before.RailCost + RailCost,
    };
}
