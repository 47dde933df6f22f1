using System.Data.Common;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Jobs;

/// <summary>The guard on a real PostgreSQL: who is late, or asks what cannot be, changes and says nothing.</summary>
[Suite("slice")]
public sealed class MoveJobsTests : IClassFixture<Postgres>, IAsyncDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly NpgsqlDataSource _db;
    readonly Said _said = new();
    readonly MoveJobs _moves;

    public MoveJobsTests(Postgres postgres) => (_db, _moves) =
        (postgres.Db, new(postgres.Db, _said, new([new LedgerEscrow()])));

    public ValueTask DisposeAsync() => _moves.DisposeAsync();

    [Fact]
    public async Task Of_many_who_change_a_job_at_once_one_does_and_only_that_one_is_heard()
    {
        var job = await InsertAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => _moves.MoveAsync(
            new(job, "race", [i % 2 == 0 ? JobStatus.Failed : JobStatus.Delivered]) { Saying = Saying(i) }, Ct)));

        Assert.Single(results, after => after is not null);
        Assert.Single(_said.Contents);
        Assert.Equal(results.Single(after => after is not null)!.Status, (await ReadAsync(job.Id)).Status);
        Assert.Equal(1, await AuditsAsync(job.Id));
    }

    [Fact]
    public async Task A_stale_version_changes_nothing()
    {
        var job = await InsertAsync();
        Assert.NotNull(await _moves.MoveAsync(new(job, "partial", [JobStatus.Running]), Ct));

        Assert.Null(await _moves.MoveAsync(new(job, "late", [JobStatus.Failed]) { Saying = Saying(1) }, Ct));

        Assert.Equal((JobStatus.Running, 2), ((await ReadAsync(job.Id)).Status, (await ReadAsync(job.Id)).Version));
        Assert.Empty(_said.Contents);
    }

    [Fact]
    public async Task Random_sequences_leave_each_job_where_its_audit_says()
    {
        var statuses = Enum.GetValues<JobStatus>();
        var seed = 42u;
        for (var walk = 0; walk < 40; walk++)
        {
            var job = await InsertAsync();
            var stale = job;
            for (var step = 0; step < 12; step++)
            {
                var to = statuses[Next() % statuses.Length];
                var from = Next() % 4 == 0 ? stale : job;
                try
                {
                    if (await _moves.MoveAsync(new(from, "walk", [to]), Ct) is { } after) (stale, job) = (job, after);
                }
                catch (ProblemException e)
                {
                    Assert.Equal(JobProblems.IllegalArrow.Code, e.Problem.Code);
                }

                var row = await ReadAsync(job.Id);
                Assert.Equal((job.Status, job.Version), (row.Status, row.Version));
            }

            Assert.Equal(job.Version - 1, await AuditsAsync(job.Id));
        }

        uint Next() => (seed = unchecked((seed * 1664525) + 1013904223)) >> 16;
    }

    [Fact]
    public async Task The_database_itself_refuses_an_illegal_arrow_and_work_that_is_not_paid()
    {
        var job = await InsertAsync();
        var arrow = await Assert.ThrowsAsync<PostgresException>(() => _db.RunAsync(
            """
            insert into market.job_audit (job_id, version, from_status, to_status, cause)
            values (@Id, 9, 'settled', 'running', '')
            """,
            new { job.Id }, Ct));
        Assert.Equal("job_arrow", arrow.ConstraintName);

        var unpaid = await Assert.ThrowsAsync<PostgresException>(() => _db.RunAsync(
            "update market.job set price_msat = 1, terms = '{}' where id = @Id", new { job.Id }, Ct));
        Assert.Equal("job_funded", unpaid.ConstraintName);
    }

    async Task<Job> InsertAsync()
    {
        var job = Given.Job(JobStatus.Running);
        await _db.RunAsync(
            """
            insert into market.job (
                id, edge, kind, agent, customer, private, request, price_msat, status, version, said_at, received_at)
            values (@Id, @Edge, @Kind, @Agent, @Customer, false, @Request, 0, 'running', 1, 0, now())
            """,
            job, Ct);
        return job;
    }

    async Task<Job> ReadAsync(string id) => (await new ReadJob(_db).FindAsync(id, Ct))!;

    Task<int> AuditsAsync(string id) =>
        _db.OneAsync<int>("select count(*)::int from market.job_audit where job_id = @id", new { id }, Ct);

    static JobSaying Saying(int i) => new([new(new("", "", 0, 7000, [], $"{i}", ""), [], "jobs")], i);

    sealed class Said : IOutbox
    {
        public List<string> Contents { get; } = [];

        public Task AddAsync(DbTransaction tx, IReadOnlyList<OutboxEntry> entries, CancellationToken ct)
        {
            Contents.AddRange(entries.Select(entry => entry.Event.Content));
            return Task.CompletedTask;
        }
    }
}
