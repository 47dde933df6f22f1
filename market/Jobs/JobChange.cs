namespace PoA.Nostr.Market.Jobs;

/// <summary>One change of one job: the arrows it goes, why, and what is kept and said with it.</summary>
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

    /// <summary>The job once the change is kept.</summary>
    public Job After => Before with
    {
        Status = Path[^1],
        Version = Before.Version + Path.Count,
        Output = Saying.Output ?? Before.Output,
        ProblemCode = ProblemCode ?? Before.ProblemCode,
        SaidAt = Saying.SaidAt,
    };
}
