namespace PoA.Nostr.Market.Jobs;

/// <summary>Job rows between SQL and records.</summary>
static class JobRows
{
    /// <summary>The columns of <see cref="JobRow"/>, in its order, of the row named j.</summary>
    public const string Columns = """
        j.id, j.edge, j.kind, j.agent, j.customer, j.private, j.request, j.price_msat, j.status, j.version, j.output,
        j.problem_code, j.attempts, j.said_at, j.received_at, j.pay_by, j.submit_by, j.accept_by, j.arbitrate_by,
        j.terms::text, j.doubted_at, j.output_tags, j.rail_cost_msat
        """;
}

/// <summary>A row of market.job as it is read: <see cref="JobRows.Columns"/>.</summary>
sealed record JobRow(
    string Id, string Edge, int Kind, string Agent, string Customer, bool Private, string Request, long Price_msat,
    string Status, int Version, string? Output, string? Problem_code, int Attempts, long Said_at,
    DateTime Received_at, DateTime? Pay_by, DateTime? Submit_by, DateTime? Accept_by, DateTime? Arbitrate_by,
    string? Terms, DateTime? Doubted_at, string? Output_tags,
    long Rail_cost_msat)
{
    public Job ToJob() =>
        new(Id, Edge, Kind, Agent, Customer, Private, Request, new(Price_msat), JobArrows.Parse(Status), Version)
        {
            Output = Output,
            ProblemCode = Problem_code,
            Attempts = Attempts,
            SaidAt = Said_at,
            ReceivedAt = Received_at,
            PayBy = Pay_by,
            SubmitBy = Submit_by,
            AcceptBy = Accept_by,
            ArbitrateBy = Arbitrate_by,
            Terms = JobTerms.Parse(Terms),
            DoubtedAt = Doubted_at,
            OutputTags = Output_tags,
            RailCost = new(Rail_cost_msat),
        };
}

/// <summary>Audit rows of a batch, a column each: one for every arrow that a job went.</summary>
sealed class JobAudit
{
    public List<string> JobId { get; } = [];
    public List<int> Version { get; } = [];
    public List<string?> FromStatus { get; } = [];
    public List<string> ToStatus { get; } = [];
    public List<string> Cause { get; } = [];

    public void Add(string jobId, int version, JobStatus? from, JobStatus to, string cause)
    {
        JobId.Add(jobId);
        Version.Add(version);
        FromStatus.Add(from?.Word());
        ToStatus.Add(to.Word());
        Cause.Add(cause);
    }

    /// <summary>One row for each arrow of the change.</summary>
    public void Add(JobChange change)
    {
        var (from, version) = (change.Before.Status, change.Before.Version);
        foreach (var to in change.Path)
        {
            Add(change.Before.Id, ++version, from, to, change.Cause);
            from = to;
        }
    }

    public const string Insert = """
        insert into market.job_audit (job_id, version, from_status, to_status, cause)
        select * from unnest(@JobId, @Version, @FromStatus, @ToStatus, @Cause)
        """;
}
