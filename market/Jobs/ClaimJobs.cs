using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// Leases: a running job belongs to whoever leased it last, until the lease runs out. A claim raises the version, so
/// that a process which was thought dead and was not changes nothing any more.
/// </summary>
public sealed class ClaimJobs(
    NpgsqlDataSource db, JobsInHand inHand, IListeningRecord listening, IOptions<MarketOptions> options,
    TimeProvider clock)
{
    TimeSpan Lease => options.Value.Lease;

    /// <summary>Takes jobs that run and that nobody holds.</summary>
    internal async Task<IReadOnlyList<JobInHand>> ClaimAsync(int max, CancellationToken ct)
    {
        var places = 0;
        while (places < max && await inHand.ReserveAsync(TimeSpan.Zero, ct)) places++;
        if (places == 0) return [];

        IReadOnlyList<JobInHand> held = [];
        try
        {
            var now = clock.GetUtcNow();
            var rows = await db.ManyAsync<JobRow>(Claim, new { places, now, until = now + Lease }, ct);
            if (rows.Count > 0) held = await HoldAsync(rows.ConvertAll(row => row.ToJob()), now, ct);
            return held;
        }
        finally
        {
            for (var unused = held.Count; unused < places; unused++) inHand.Release();
        }
    }

    async Task<IReadOnlyList<JobInHand>> HoldAsync(List<Job> jobs, DateTimeOffset now, CancellationToken ct)
    {
        var windows = await listening.BlindAsync("jobs", jobs.Min(job => job.ReceivedAt), now, ct);
        var held = jobs.ConvertAll(job => new JobInHand(job)
        {
            SubmitBy = BlindCredit.Credit(job.DeadlineSince, job.SubmitBy!.Value, windows),
            LeasedUntil = now + Lease,
        });
        held.ForEach(inHand.AddClaimed);
        return held;
    }

    /// <summary>Prolongs the leases that are half gone. A job that is no longer ours is stopped.</summary>
    internal async Task RenewAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        List<JobInHand> old = [.. inHand.All.Where(held => held.LeasedUntil < now + (Lease / 2))];
        if (old.Count == 0) return;

        var args = new
        {
            ids = old.ConvertAll(held => held.Job.Id),
            attempts = old.ConvertAll(held => held.Job.Attempts),
            until = now + Lease,
        };
        var ours = (await db.ManyAsync<string>(Renew, args, ct)).ToHashSet(StringComparer.Ordinal);
        foreach (var held in old)
        {
            if (ours.Contains(held.Job.Id)) held.LeasedUntil = args.until;
            else held.Stop();
        }
    }

    /// <summary>At the end of the process: others may claim these at once.</summary>
    internal Task ReleaseAsync(List<JobInHand> held, CancellationToken ct)
    {
        var args = new
        {
            ids = held.ConvertAll(one => one.Job.Id),
            attempts = held.ConvertAll(one => one.Job.Attempts),
            until = clock.GetUtcNow(),
        };
        return held.Count == 0 ? Task.CompletedTask : db.RunAsync(Renew, args, ct);
    }

    const string Claim = $"""
        with free as (
            select id
              from market.job
             where status = 'running' and leased_until <= @now
             order by leased_until
             limit @places
               for update skip locked
        ), claimed as (
            update market.job j
               set version = j.version + 1, attempts = j.attempts + 1, leased_until = @until
              from free
             where j.id = free.id
            returning {JobRows.Columns}
        ), audited as (
            insert into market.job_audit (job_id, version, from_status, to_status, cause)
            select id, version, 'running', 'running', 'claimed' from claimed
        )
        select * from claimed
        """;

    const string Renew = """
        update market.job j
           set leased_until = @until
          from unnest(@ids, @attempts) as held (id, attempts)
         where j.id = held.id and j.attempts = held.attempts and j.status = 'running'
        returning j.id
        """;
}
