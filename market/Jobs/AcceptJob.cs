using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// A request that its edge admitted becomes a job: its row, its audit and the first answer in one transaction, shared
/// with the other requests of that moment. A free job goes to work at once. A request that is refused becomes a
/// rejected job the same way, so that it too is answered exactly once.
/// </summary>
public sealed partial class AcceptJob : IAsyncDisposable
{
    static readonly TimeSpan PlaceWait = TimeSpan.FromSeconds(5);

    readonly GroupCommit<NewJob, bool> _group;
    readonly IOutbox _outbox;
    readonly JobEdges _edges;
    readonly JobsInHand _inHand;
    readonly MarketOptions _options;
    readonly TimeProvider _clock;
    readonly ILogger<AcceptJob> _log;

    public AcceptJob(
        NpgsqlDataSource db, IOutbox outbox, JobEdges edges, JobsInHand inHand, IOptions<MarketOptions> options,
        TimeProvider clock, ILogger<AcceptJob> log)
    {
        (_outbox, _edges, _inHand, _options, _clock, _log) = (outbox, edges, inHand, options.Value, clock, log);
        _group = new(db, InsertAsync);
    }

    /// <summary>False when the job was known already: a second relay brought it.</summary>
    /// <param name="received">In the state Received, version 1.</param>
    /// <param name="work">The same, opened.</param>
    /// <param name="ct">Stops the waiting.</param>
    public async Task<bool> HandleAsync(Job received, JobWork work, CancellationToken ct)
    {
        var problem = JobArrows.Refuse(received, [JobStatus.Running]);
        if (problem is null && !await _inHand.ReserveAsync(PlaceWait, ct)) problem = JobProblems.OverCapacity;
        if (problem is not null) return await RejectAsync(received, problem, ct);

        try
        {
            var saying = await _edges.Of(received).SayAsync(new(received, JobStatus.Running), ct);
            var leasedUntil = _clock.GetUtcNow() + _options.Lease;
            var change = new JobChange(received with { SubmitBy = work.SubmitBy }, "accepted", [JobStatus.Running])
            {
                Saying = saying,
                LeasedUntil = leasedUntil,
            };
            if (!await _group.SubmitAsync(new(change, Attempts: 1), ct))
            {
                _inHand.Release();
                return false;
            }

            LogAccepted(received.Id, received.Kind, received.Agent);
            _inHand.Add(change.After with { Attempts = 1 }, work, leasedUntil);
            return true;
        }
        catch
        {
            // It may be committed: then the lease runs out and the job is claimed like that of a crashed process.
            _inHand.Release();
            throw;
        }
    }

    /// <summary>False when the job was known already. Nothing is charged and nothing is run.</summary>
    public async Task<bool> RejectAsync(Job received, Problem problem, CancellationToken ct)
    {
        var saying = await _edges.Of(received).SayAsync(new(received, JobStatus.Rejected) { Problem = problem }, ct);
        var change = new JobChange(received, problem.Code, [JobStatus.Rejected])
        {
            Saying = saying,
            ProblemCode = problem.Code,
        };
        if (!await _group.SubmitAsync(new(change, Attempts: 0), ct)) return false;

        LogRejected(received.Id, received.Kind, problem.Code);
        return true;
    }

    async Task<IReadOnlyList<bool>> InsertAsync(
        NpgsqlTransaction tx, IReadOnlyList<NewJob> given, CancellationToken ct)
    {
        List<NewJob> firsts = [.. given.DistinctBy(one => one.Change.Before.Id)];
        var inserted = (await tx.ManyAsync<string>(Insert, new Rows(firsts), ct)).ToHashSet(StringComparer.Ordinal);
        var audit = new JobAudit();
        List<OutboxEntry> entries = [];
        var won = new HashSet<NewJob>(ReferenceEqualityComparer.Instance);
        foreach (var one in firsts.Where(one => inserted.Contains(one.Change.Before.Id)))
        {
            won.Add(one);
            audit.Add(one.Change.Before.Id, one.Change.Before.Version, null, JobStatus.Received, "received");
            audit.Add(one.Change);
            entries.AddRange(one.Change.Saying.Entries);
        }

        if (won.Count > 0) await tx.RunAsync(JobAudit.Insert, audit, ct);
        if (entries.Count > 0) await _outbox.AddAsync(tx, entries, ct);
        return [.. given.Select(won.Contains)];
    }

    public ValueTask DisposeAsync() => _group.DisposeAsync();

    sealed record NewJob(JobChange Change, int Attempts);

    /// <summary>A batch as columns.</summary>
    sealed class Rows(List<NewJob> jobs)
    {
        readonly List<Job> _jobs = jobs.ConvertAll(job => job.Change.After);

        public List<string> Id => _jobs.ConvertAll(job => job.Id);
        public List<string> Edge => _jobs.ConvertAll(job => job.Edge);
        public List<int> Kind => _jobs.ConvertAll(job => job.Kind);
        public List<string> Agent => _jobs.ConvertAll(job => job.Agent);
        public List<string> Customer => _jobs.ConvertAll(job => job.Customer);
        public List<bool> Private => _jobs.ConvertAll(job => job.Private);
        public List<string> Request => _jobs.ConvertAll(job => job.Request);
        public List<long> PriceMsat => _jobs.ConvertAll(job => job.Price.Value);
        public List<string> Status => _jobs.ConvertAll(job => job.Status.Word());
        public List<int> Version => _jobs.ConvertAll(job => job.Version);
        public List<string?> ProblemCode => _jobs.ConvertAll(job => job.ProblemCode);
        public List<int> Attempts { get; } = jobs.ConvertAll(job => job.Attempts);
        public List<DateTimeOffset?> LeasedUntil { get; } = jobs.ConvertAll(job => job.Change.LeasedUntil);
        public List<long> SaidAt => _jobs.ConvertAll(job => job.SaidAt);
        public List<DateTimeOffset?> PayBy => _jobs.ConvertAll(job => job.PayBy);
        public List<DateTimeOffset?> SubmitBy => _jobs.ConvertAll(job => job.SubmitBy);
        public List<DateTimeOffset?> AcceptBy => _jobs.ConvertAll(job => job.AcceptBy);
        public List<DateTimeOffset?> ArbitrateBy => _jobs.ConvertAll(job => job.ArbitrateBy);
        public List<DateTimeOffset> ReceivedAt => _jobs.ConvertAll(job => job.ReceivedAt);
    }

    const string Insert = """
        insert into market.job (
            id, edge, kind, agent, customer, private, request, price_msat, status, version, problem_code, attempts,
            leased_until, said_at, pay_by, submit_by, accept_by, arbitrate_by, received_at)
        select * from unnest(
            @Id, @Edge, @Kind, @Agent, @Customer, @Private, @Request, @PriceMsat, @Status, @Version, @ProblemCode,
            @Attempts, @LeasedUntil, @SaidAt, @PayBy, @SubmitBy, @AcceptBy, @ArbitrateBy, @ReceivedAt)
        on conflict (id) do nothing
        returning id
        """;

    [LoggerMessage(LogLevel.Debug, "Accepted {JobId} of kind {Kind} for {Agent}")]
    partial void LogAccepted(string jobId, int kind, string agent);

    [LoggerMessage(LogLevel.Debug, "Rejected {JobId} of kind {Kind}: {Code}")]
    partial void LogRejected(string jobId, int kind, string code);
}
