using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Escrow;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// The guard: every change of a job that exists goes through here. Changes that wait at the same time share one
/// transaction, and each still demands its own (status, version), moves its own money, writes its own audit rows, and
/// publishes only what it was allowed to change.
/// </summary>
public sealed class MoveJobs : IAsyncDisposable
{
    readonly GroupCommit<JobChange, bool> _group;
    readonly IOutbox _outbox;
    readonly EscrowBackends _escrows;

    public MoveJobs(NpgsqlDataSource db, IOutbox outbox, EscrowBackends escrows)
    {
        (_outbox, _escrows) = (outbox, escrows);
        _group = new(db, MoveAsync);
    }

    /// <summary>The job as it is now, or null when somebody else changed it first and nothing was done.</summary>
    /// <exception cref="ProblemException">The state machine has no such arrow, or its money cannot move.</exception>
    public async Task<Job?> MoveAsync(JobChange change, CancellationToken ct)
    {
        Ensure(change);
        return await _group.SubmitAsync(change, ct) ? change.After : null;
    }

    /// <summary>The same in the transaction of somebody who has more to write: the payment that it goes with.</summary>
    internal async Task<bool> MoveAsync(NpgsqlTransaction tx, JobChange change, CancellationToken ct)
    {
        Ensure(change);
        return (await MoveAsync(tx, [change], ct))[0];
    }

    static void Ensure(JobChange change)
    {
        if (JobArrows.Refuse(change.Before, change.Path) is { } problem) throw new ProblemException(problem);
    }

    async Task<IReadOnlyList<bool>> MoveAsync(
        NpgsqlTransaction tx, IReadOnlyList<JobChange> changes, CancellationToken ct)
    {
        // Of two changes of one job the first wins, as it would in two transactions.
        List<JobChange> firsts = [.. changes.DistinctBy(change => change.Before.Id)];
        var moved = (await tx.ManyAsync<string>(Move, new Rows(firsts), ct)).ToHashSet(StringComparer.Ordinal);
        var won = firsts.FindAll(change => moved.Contains(change.Before.Id));
        if (won.Count > 0) await KeepAsync(tx, won, ct);
        var winners = won.ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. changes.Select(winners.Contains)];
    }

    async Task KeepAsync(NpgsqlTransaction tx, List<JobChange> won, CancellationToken ct)
    {
        var refused = await _escrows.MoveAsync(tx, won, ct);

        // The batch is undone and split, so that the one whose money does not move fails alone.
        foreach (var problem in refused.Values) throw new ProblemException(problem);
        var audit = new JobAudit();
        foreach (var change in won) audit.Add(change);
        await tx.RunAsync(JobAudit.Insert, audit, ct);
        await JobRecords.AddAsync(tx, _outbox, won, ct);
    }

    public ValueTask DisposeAsync() => _group.DisposeAsync();

    /// <summary>A batch as columns.</summary>
    sealed class Rows(List<JobChange> changes)
    {
        public List<string> Id { get; } = changes.ConvertAll(change => change.Before.Id);
        public List<int> Version { get; } = changes.ConvertAll(change => change.Before.Version);
        public List<string> FromStatus { get; } = changes.ConvertAll(change => change.Before.Status.Word());
        public List<string> ToStatus { get; } = changes.ConvertAll(change => change.Path[^1].Word());
        public List<int> Arrows { get; } = changes.ConvertAll(change => change.Path.Count);
        public List<string?> Output { get; } = changes.ConvertAll(change => change.Saying.Output);
        public List<string?> OutputTags { get; } = changes.ConvertAll(change => change.Saying.OutputTags);
        public List<string?> OutputMime { get; } = changes.ConvertAll(change => change.OutputMime);
        public List<double?> Confidence { get; } = changes.ConvertAll(change => change.Confidence);
        public List<string?> ProblemCode { get; } = changes.ConvertAll(change => change.ProblemCode);
        public List<DateTimeOffset?> LeasedUntil { get; } = changes.ConvertAll(change => change.LeasedUntil);
        public List<long> SaidAt { get; } = changes.ConvertAll(change => change.Saying.SaidAt);
        public List<long> LockedMsat { get; } = changes.ConvertAll(JobRecords.Locked);
        public List<long> RailCostMsat { get; } = changes.ConvertAll(change => change.RailCost.Value);
        public List<DateTimeOffset?> SubmitBy { get; } = changes.ConvertAll(change => change.SubmitBy);
        public List<DateTimeOffset?> AcceptBy { get; } = changes.ConvertAll(change => change.AcceptBy);
        public List<DateTimeOffset?> ArbitrateBy { get; } = changes.ConvertAll(change => change.ArbitrateBy);
        public List<DateTimeOffset?> DoubtedAt { get; } = changes.ConvertAll(change => change.DoubtedAt);
    }

    const string Move = """
        update market.job j
           set status = c.to_status, version = j.version + c.arrows, output = coalesce(c.output, j.output),
               output_tags = coalesce(c.output_tags, j.output_tags),
               output_mime = coalesce(c.output_mime, j.output_mime),
               confidence = coalesce(c.confidence, j.confidence),
               problem_code = coalesce(c.problem_code, j.problem_code),
               leased_until = coalesce(c.leased_until, j.leased_until), said_at = c.said_at, changed_at = now(),
               locked_msat = j.locked_msat + c.locked_msat,
               rail_cost_msat = j.rail_cost_msat + c.rail_cost_msat, submit_by = coalesce(c.submit_by, j.submit_by),
               accept_by = coalesce(c.accept_by, j.accept_by),
               arbitrate_by = coalesce(c.arbitrate_by, j.arbitrate_by),
               doubted_at = coalesce(c.doubted_at, j.doubted_at)
          from unnest(@Id, @Version, @FromStatus, @ToStatus, @Arrows, @Output, @OutputTags, @OutputMime, @Confidence,
                      @ProblemCode, @LeasedUntil, @SaidAt, @LockedMsat, @RailCostMsat,
                      @SubmitBy, @AcceptBy, @ArbitrateBy, @DoubtedAt)
            as c (id, version, from_status, to_status, arrows, output, output_tags, output_mime, confidence,
                  problem_code, leased_until, said_at, locked_msat, rail_cost_msat, submit_by, accept_by,
                  arbitrate_by, doubted_at)
         where j.id = c.id and j.version = c.version and j.status = c.from_status
        returning j.id
        """;
}
