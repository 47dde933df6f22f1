using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// The guard: every change of a job that exists goes through here. Changes that wait at the same time share one
/// transaction, and each still demands its own (status, version), writes its own audit rows, and publishes only what
/// it was allowed to change.
/// </summary>
public sealed class MoveJobs : IAsyncDisposable
{
    readonly GroupCommit<JobChange, bool> _group;
    readonly IOutbox _outbox;

    public MoveJobs(NpgsqlDataSource db, IOutbox outbox)
    {
        _outbox = outbox;
        _group = new(db, MoveAsync);
    }

    /// <summary>The job as it is now, or null when somebody else changed it first and nothing was done.</summary>
    /// <exception cref="ProblemException">The state machine has no such arrow, or it needs money.</exception>
    public async Task<Job?> MoveAsync(JobChange change, CancellationToken ct)
    {
        if (JobArrows.Refuse(change.Before, change.Path) is { } problem) throw new ProblemException(problem);
        return await _group.SubmitAsync(change, ct) ? change.After : null;
    }

    async Task<IReadOnlyList<bool>> MoveAsync(
        NpgsqlTransaction tx, IReadOnlyList<JobChange> changes, CancellationToken ct)
    {
        // Of two changes of one job the first wins, as it would in two transactions.
        List<JobChange> firsts = [.. changes.DistinctBy(change => change.Before.Id)];
        var moved = (await tx.ManyAsync<string>(Move, new Rows(firsts), ct)).ToHashSet(StringComparer.Ordinal);
        var audit = new JobAudit();
        List<OutboxEntry> entries = [];
        var won = new HashSet<JobChange>(ReferenceEqualityComparer.Instance);
        foreach (var change in firsts.Where(change => moved.Contains(change.Before.Id)))
        {
            won.Add(change);
            audit.Add(change);
            entries.AddRange(change.Saying.Entries);
        }

        if (won.Count > 0) await tx.RunAsync(JobAudit.Insert, audit, ct);
        if (entries.Count > 0) await _outbox.AddAsync(tx, entries, ct);
        return [.. changes.Select(won.Contains)];
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
        public List<string?> OutputMime { get; } = changes.ConvertAll(change => change.OutputMime);
        public List<double?> Confidence { get; } = changes.ConvertAll(change => change.Confidence);
        public List<string?> ProblemCode { get; } = changes.ConvertAll(change => change.ProblemCode);
        public List<DateTimeOffset?> LeasedUntil { get; } = changes.ConvertAll(change => change.LeasedUntil);
        public List<long> SaidAt { get; } = changes.ConvertAll(change => change.Saying.SaidAt);
    }

    const string Move = """
        update market.job j
           set status = c.to_status, version = j.version + c.arrows, output = coalesce(c.output, j.output),
               output_mime = coalesce(c.output_mime, j.output_mime),
               confidence = coalesce(c.confidence, j.confidence),
               problem_code = coalesce(c.problem_code, j.problem_code),
               leased_until = coalesce(c.leased_until, j.leased_until), said_at = c.said_at, changed_at = now()
          from unnest(@Id, @Version, @FromStatus, @ToStatus, @Arrows, @Output, @OutputMime, @Confidence, @ProblemCode,
                      @LeasedUntil, @SaidAt)
            as c (id, version, from_status, to_status, arrows, output, output_mime, confidence, problem_code,
                  leased_until, said_at)
         where j.id = c.id and j.version = c.version and j.status = c.from_status
        returning j.id
        """;
}
