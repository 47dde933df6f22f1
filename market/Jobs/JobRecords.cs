using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Escrow;

namespace PoA.Nostr.Market.Jobs;

/// <summary>What a change writes besides the job's own row: what is said, and what is owed back.</summary>
static class JobRecords
{
    internal static async Task AddAsync(
        NpgsqlTransaction tx, IOutbox outbox, IReadOnlyList<JobChange> changes, CancellationToken ct)
    {
        List<OutboxEntry> entries = [.. changes.SelectMany(change => change.Saying.Entries)];
        List<RefundOrder> refunds = [.. changes.Select(change => change.Refund).OfType<RefundOrder>()];
        var answers = new Answers();
        foreach (var change in changes.Where(change => change.Before.IsPaid)) answers.Add(change);

        if (entries.Count > 0) await outbox.AddAsync(tx, entries, ct);
        if (refunds.Count > 0) await RefundOrder.AddAsync(tx, refunds, ct);
        if (answers.EventId.Count > 0) await tx.RunAsync(InsertAnswers, answers, ct);
    }

    /// <summary>What the change puts into escrow.</summary>
    internal static long Locked(JobChange change) => change.Money is EscrowMove.Lock locked ? locked.Amount.Value : 0;

    /// <summary>Quotes and results: what a customer reacts to, zaps, or pays by naming it.</summary>
    sealed class Answers
    {
        public List<string> EventId { get; } = [];
        public List<string> Job { get; } = [];
        public List<int> Kind { get; } = [];

        public void Add(JobChange change)
        {
            if (change.Path[^1] is not (JobStatus.Quoted or JobStatus.Delivered)) return;

            foreach (var entry in change.Saying.Entries)
            {
                EventId.Add(entry.Event.Id);
                Job.Add(change.Before.Id);
                Kind.Add(entry.Event.Kind);
            }
        }
    }

    const string InsertAnswers = """
        insert into market.job_answer (event_id, job, kind)
        select * from unnest(@EventId, @Job, @Kind)
        on conflict (event_id) do nothing
        """;
}
