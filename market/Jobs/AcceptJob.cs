using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Escrow;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// A request that its edge admitted becomes a job: its row, its audit and the first answer in one transaction, shared
/// with the other requests of that moment. A free job goes to work at once, and so does one whose price is in the
/// payer's balance; any other is quoted. A request that is refused becomes a rejected job the same way, so that it too
/// is answered exactly once.
/// </summary>
public sealed partial class AcceptJob : IAsyncDisposable
{
    static readonly TimeSpan PlaceWait = TimeSpan.FromSeconds(5);

    readonly GroupCommit<NewJob, Taken> _group;
    readonly IOutbox _outbox;
    readonly JobEdges _edges;
    readonly JobsInHand _inHand;
    readonly EscrowBackends _escrows;
    readonly MarketOptions _options;
    readonly TimeProvider _clock;
    readonly ILogger<AcceptJob> _log;

    public AcceptJob(
        NpgsqlDataSource db, IOutbox outbox, JobEdges edges, JobsInHand inHand, EscrowBackends escrows,
        IOptions<MarketOptions> options, TimeProvider clock, ILogger<AcceptJob> log)
    {
        (_outbox, _edges, _inHand, _escrows) = (outbox, edges, inHand, escrows);
        (_options, _clock, _log) = (options.Value, clock, log);
        _group = new(db, InsertAsync);
    }

    /// <summary>
    /// Takes on a free job, or one that is paid out of <paramref name="source"/>. Null when it is in work, now or
    /// before; a problem when the money was not there, and then nothing is written.
    /// </summary>
    /// <param name="received">In the state Received, version 1.</param>
    /// <param name="work">The same, opened.</param>
    /// <param name="source">Code of the account that pays the price; null for a free job.</param>
    /// <param name="ct">Stops the waiting.</param>
    public async Task<Problem?> HandleAsync(Job received, JobWork work, string? source, CancellationToken ct)
    {
        JobStatus[] path = source is null
            ? [JobStatus.Running]
            : [JobStatus.Quoted, JobStatus.Locked, JobStatus.Running];
        var problem = JobArrows.Refuse(received, path);
        if (problem is null && !await _inHand.ReserveAsync(PlaceWait, ct)) problem = JobProblems.OverCapacity;
        if (problem is not null)
        {
            await RejectAsync(received, problem, ct);
            return null;
        }

        var taken = Taken.Known;
        try
        {
            var leasedUntil = _clock.GetUtcNow() + _options.Lease;
            var change = new JobChange(received with { SubmitBy = work.SubmitBy }, "accepted", path)
            {
                Saying = await _edges.Of(received).SayAsync(new(received, JobStatus.Running), ct),
                LeasedUntil = leasedUntil,
                Money = source is null ? null : new EscrowMove.Lock(received.Id, source, received.Price),
            };
            taken = await _group.SubmitAsync(new(change, Attempts: 1), ct);
            if (taken != Taken.New) return taken.Problem;

            LogAccepted(received.Id, received.Kind, received.Agent);
            _inHand.Add(change.After with { Attempts = 1 }, work, leasedUntil);
            return null;
        }
        finally
        {
            // After a failure it may be committed all the same: then the lease runs out, and the job is claimed like
            // that of a crashed process.
            if (taken != Taken.New) _inHand.Release();
        }
    }

    /// <summary>
    /// The customer is told what it costs and how to pay. False when the job was known already.
    /// </summary>
    /// <param name="received">With its terms, and the time by which it must be paid.</param>
    /// <param name="quote">How it may be paid; null says nothing yet, because a payment is being tried.</param>
    /// <param name="problem">Why the payment that came with the request was no good.</param>
    /// <param name="ct">Stops the waiting.</param>
    public async Task<bool> QuoteAsync(Job received, JobQuote? quote, Problem? problem, CancellationToken ct)
    {
        var change = new JobChange(received, problem?.Code ?? "quoted", [JobStatus.Quoted]);
        if (quote is not null)
        {
            var news = new JobNews(received, JobStatus.Quoted) { Quote = quote, Notice = problem };
            change = change with { Saying = await _edges.Of(received).SayAsync(news, ct) };
        }

        if (JobArrows.Refuse(received, change.Path) is { } illegal) throw new ProblemException(illegal);
        if (await _group.SubmitAsync(new(change, Attempts: 0), ct) != Taken.New) return false;

        LogQuoted(received.Id, received.Kind, received.Price);
        return true;
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
        if (await _group.SubmitAsync(new(change, Attempts: 0), ct) != Taken.New) return false;

        LogRejected(received.Id, received.Kind, problem.Code);
        return true;
    }

    async Task<IReadOnlyList<Taken>> InsertAsync(
        NpgsqlTransaction tx, IReadOnlyList<NewJob> given, CancellationToken ct)
    {
        List<NewJob> firsts = [.. given.DistinctBy(one => one.Change.Before.Id)];
        var inserted = (await tx.ManyAsync<string>(Insert, new Rows(firsts), ct)).ToHashSet(StringComparer.Ordinal);
        List<JobChange> won = [.. firsts.Select(one => one.Change).Where(one => inserted.Contains(one.Before.Id))];
        var refused = await _escrows.MoveAsync(tx, won, ct);
        if (refused.Count > 0)
        {
            // These were never here: each of them may come back and be quoted.
            var ids = refused.Keys.Select(change => change.Before.Id).ToArray();
            await tx.RunAsync(Delete, new { ids }, ct);
            won.RemoveAll(refused.ContainsKey);
        }

        if (won.Count > 0) await KeepAsync(tx, won, ct);
        var winners = won.ToHashSet(ReferenceEqualityComparer.Instance);
        return
        [
            .. given.Select(one =>
                winners.Contains(one.Change) ? Taken.New :
                refused.TryGetValue(one.Change, out var problem) ? new(problem) :
                Taken.Known),
        ];
    }

    async Task KeepAsync(NpgsqlTransaction tx, List<JobChange> won, CancellationToken ct)
    {
        var audit = new JobAudit();
        foreach (var change in won)
        {
            audit.Add(change.Before.Id, change.Before.Version, null, JobStatus.Received, "received");
            audit.Add(change);
        }

        await tx.RunAsync(JobAudit.Insert, audit, ct);
        await JobRecords.AddAsync(tx, _outbox, won, ct);
    }

    public ValueTask DisposeAsync() => _group.DisposeAsync();

    sealed record NewJob(JobChange Change, int Attempts);

    /// <summary>What became of a new job: taken in, known before, or without the money that it was to bring.</summary>
    sealed class Taken(Problem? problem)
    {
        public static readonly Taken New = new(null);
        public static readonly Taken Known = new(null);

        public Problem? Problem { get; } = problem;
    }

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
        public List<string?> Terms => _jobs.ConvertAll(job => job.Terms?.ToJson());
        public List<long> LockedMsat { get; } = jobs.ConvertAll(job => JobRecords.Locked(job.Change));
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
            leased_until, said_at, pay_by, submit_by, accept_by, arbitrate_by, received_at, terms, locked_msat)
        select id, edge, kind, agent, customer, private, request, price_msat, status, version, problem_code, attempts,
               leased_until, said_at, pay_by, submit_by, accept_by, arbitrate_by, received_at, terms::jsonb, locked_msat
          from unnest(
            @Id, @Edge, @Kind, @Agent, @Customer, @Private, @Request, @PriceMsat, @Status, @Version, @ProblemCode,
            @Attempts, @LeasedUntil, @SaidAt, @PayBy, @SubmitBy, @AcceptBy, @ArbitrateBy, @ReceivedAt, @Terms,
            @LockedMsat)
            as job (
                id, edge, kind, agent, customer, private, request, price_msat, status, version, problem_code, attempts,
                leased_until, said_at, pay_by, submit_by, accept_by, arbitrate_by, received_at, terms, locked_msat)
        on conflict (id) do nothing
        returning id
        """;

    const string Delete = "delete from market.job where id = any(@ids)";

    [LoggerMessage(LogLevel.Debug, "Accepted {JobId} of kind {Kind} for {Agent}")]
    partial void LogAccepted(string jobId, int kind, string agent);

    [LoggerMessage(LogLevel.Debug, "Quoted {JobId} of kind {Kind} at {Price}")]
    partial void LogQuoted(string jobId, int kind, Msat price);

    [LoggerMessage(LogLevel.Debug, "Rejected {JobId} of kind {Kind}: {Code}")]
    partial void LogRejected(string jobId, int kind, string code);
}
