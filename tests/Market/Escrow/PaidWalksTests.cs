using System.Data.Common;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>
/// Random walks over the arrows of jobs with a price, by deeds in any order and by stale hands: after every step the
/// escrow has what a model says, and all accounts together have nothing.
/// </summary>
[Suite("slice")]
public sealed class PaidWalksTests : IClassFixture<Postgres>, IAsyncDisposable
{
    const int Walks = 60;
    const int Steps = 10;

    static readonly Msat Price = Msat.FromSat(21);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly NpgsqlDataSource _db;
    readonly MoveJobs _moves;
    uint _seed = 7;

    public PaidWalksTests(Postgres postgres) =>
        (_db, _moves) = (postgres.Db, new(postgres.Db, new Silent(), new([new LedgerEscrow()])));

    public ValueTask DisposeAsync() => _moves.DisposeAsync();

    [Fact]
    public async Task Whatever_is_done_in_whatever_order_the_escrow_is_what_the_model_says()
    {
        var (settled, refunded, refused) = (0, 0, 0);
        for (var walk = 0; walk < Walks; walk++)
        {
            var job = await QuotedAsync();
            var stale = job;
            for (var step = 0; step < Steps; step++)
            {
                var from = Next(5) == 0 ? stale : job;
                try
                {
                    if (await _moves.MoveAsync(Deed(from), Ct) is { } after) (stale, job) = (job, after);
                }
                catch (ProblemException e)
                {
                    Assert.True(
                        e.Problem.Code == JobProblems.IllegalArrow.Code
                        || e.Problem.Code == LedgerProblems.Insufficient.Code, e.Problem.Code);
                    refused++;
                }

                var row = (await new ReadJob(_db).FindAsync(job.Id, Ct))!;
                Assert.Equal((job.Status, job.Version), (row.Status, row.Version));
                Assert.Equal(
                    IsLocked(job.Status) ? Price : Msat.Zero,
                    await Books.BalanceAsync(_db, AccountCode.Escrow(job.Id), Ct));
            }

            Assert.Equal(0, await _db.OneAsync<long>(
                "select coalesce(sum(balance_msat), 0)::bigint from ledger.account", null, Ct));
            Assert.Equal(
                job.Status is JobStatus.Refunded or JobStatus.Split ? 1 : 0,
                await _db.OneAsync<int>("select count(*)::int from market.refund where job = @Id", new { job.Id }, Ct));
            settled += job.Status == JobStatus.Settled ? 1 : 0;
            refunded += job.Status == JobStatus.Refunded ? 1 : 0;
        }

        Assert.True(settled > 0 && refunded > 0 && refused > 0, $"{settled} {refunded} {refused}");
    }

    static bool IsLocked(JobStatus status) =>
        status is JobStatus.Locked or JobStatus.Running or JobStatus.Delivered or JobStatus.Disputed;

    JobChange Deed(Job job) => Next(9) switch
    {
        0 or 1 or 2 => new(job, "paid", [JobStatus.Locked, JobStatus.Running])
        {
            Money = new EscrowMove.Lock(job.Id, AccountCode.Mint("http://m"), Price),
        },
        3 => new(job, "delivered", [JobStatus.Delivered]),
        4 => new(job, "doubt", [JobStatus.Delivered]),
        5 => new(job, "disputed", [JobStatus.Disputed]),
        6 => SettleJob.Settle(job, "accepted"),
        7 => Next(2) == 0 ? SettleJob.Refund(job, JobProblems.ExecutorCrashed)
            : SettleJob.Split(job, JobProblems.ExecutorCrashed),
        _ => new(job, "unpaid", [JobStatus.Expired]),
    };

    uint Next(uint below) => ((_seed = unchecked((_seed * 1664525) + 1013904223)) >> 16) % below;

    async Task<Job> QuotedAsync()
    {
        var job = Given.Job(JobStatus.Quoted) with
        {
            Price = Price,
            Terms = new(
                "ledger", SecretKey.Generate().Pubkey, 500, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1),
                TimeSpan.FromHours(1), DisputeOutcome.Split),
        };
        await _db.RunAsync(
            """
            insert into market.job (
                id, edge, kind, agent, customer, private, request, price_msat, status, version, said_at, received_at,
                terms)
            values (@Id, @Edge, @Kind, @Agent, @Customer, false, @Request, @price, 'quoted', 1, 0, now(), @terms::jsonb)
            """,
            new
            {
                job.Id,
                job.Edge,
                job.Kind,
                job.Agent,
                job.Customer,
                job.Request,
                price = Price.Value,
                terms = job.Terms.ToJson(),
            },
            Ct);
        return job;
    }

    sealed class Silent : IOutbox
    {
        public Task AddAsync(DbTransaction tx, IReadOnlyList<OutboxEntry> entries, CancellationToken ct) =>
            Task.CompletedTask;
    }
}
