using System.Text;
using PoA.Nostr.Database;
using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm;

[Suite("slice")]
public sealed class JobOverNostrTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly Customer _customer = new();

    [Fact]
    public async Task A_free_job_is_processed_delivered_and_settled_and_each_arrow_is_audited()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var request = _customer.Ask(market.Agent, "hello", ["output", "text/plain"]);

        await market.ReceiveAsync(request, Ct);
        var answers = await market.AnswersAsync(request, Ct);

        Assert.Equal([7000, 6400], answers.Select(answer => answer.Kind));
        Assert.All(answers, answer => Assert.NotNull(VerifiedEvent.TryVerify(answer, out _)));
        Assert.All(answers, answer => Assert.Equal(market.Agent.Pubkey, answer.Pubkey));
        Assert.Equal("processing", answers[0].Tag("status"));
        var result = answers[1];
        Assert.Equal("hello", result.Content);
        Assert.Equal(request.Id, result.Tag("e"));
        Assert.Equal(request.Pubkey, result.Tag("p"));
        Assert.Equal("hello", result.Tag("i"));
        Assert.Equal("success", result.Tag("status"));
        Assert.Equal(request.Id, result.Tag("job"));
        Assert.NotNull(result.Tag("alt"));
        Assert.Equal(Encoding.UTF8.GetString(EventJson.Write(request)), result.Tag("request"));
        Assert.True(result.CreatedAt > answers[0].CreatedAt);
        Assert.Equal(
            [">received", "received>running", "running>delivered", "delivered>settled"], await AuditAsync(request.Id));
        Assert.Equal(JobStatus.Settled, (await market.Get<ReadJob>().FindAsync(request.Id, Ct))!.Status);
    }

    [Fact]
    public async Task A_request_that_arrives_many_times_at_once_is_answered_once()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        await using var other = await JobMarket.StartAsync(postgres.Db, Ct);
        var runs = 0;
        market.Kind.Work = other.Kind.Work =
            (_, _, _) => Task.FromResult(new JobOutput($"{Interlocked.Increment(ref runs)}"));
        var request = _customer.Ask(market.Agent, "once");

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? market : other).ReceiveAsync(request, Ct)));
        var winner = await Task.WhenAny(market.AnswersAsync(request, Ct), other.AnswersAsync(request, Ct));

        Assert.Equal(2, (await winner).Count);
        Assert.Equal(1, runs);
        Assert.Equal(4, (await AuditAsync(request.Id)).Count);
    }

    [Fact]
    public async Task Partial_results_come_before_the_result_each_later_than_the_one_before()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        market.Kind.Work = async (_, partial, _) =>
        {
            await partial("one");
            await partial("two");
            return new("three");
        };
        var request = _customer.Ask(market.Agent, "x");

        await market.ReceiveAsync(request, Ct);
        var answers = await market.AnswersAsync(request, Ct);

        Assert.Equal(["", "one", "two", "three"], answers.Select(answer => answer.Content));
        Assert.Equal(["processing", "partial", "partial", "success"], answers.Select(answer => answer.Tag("status")));
        var dates = answers.ConvertAll(answer => answer.CreatedAt);
        Assert.Equal(dates.Distinct().Order(), dates);
    }

    [Fact]
    public async Task An_open_job_gets_the_answer_of_one_agent_and_one_for_somebody_else_gets_none()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var open = _customer.Request("", ["i", "anybody", "text"]);
        await market.ReceiveAsync(open, Ct);
        Assert.Equal("anybody", (await market.AnswersAsync(open, Ct))[^1].Content);

        var foreign = _customer.Request("", ["p", new Customer().Signer.Pubkey], ["i", "x", "text"]);
        await market.ReceiveAsync(foreign, Ct);
        Assert.Null(await market.Get<ReadJob>().FindAsync(foreign.Id, Ct));
    }

    [Fact]
    public async Task A_chained_job_gets_what_the_other_delivered()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        market.Kind.Work = (work, _, _) => Task.FromResult(new JobOutput(work.Inputs[0].Data + "!"));
        var first = _customer.Ask(market.Agent, "chain");
        await market.ReceiveAsync(first, Ct);
        await market.AnswersAsync(first, Ct);

        var second = _customer.Request("", ["p", market.Agent.Pubkey], ["i", first.Id, "job"]);
        await market.ReceiveAsync(second, Ct);
        Assert.Equal("chain!!", (await market.AnswersAsync(second, Ct))[^1].Content);

        var lost = _customer.Request("", ["p", market.Agent.Pubkey], ["i", new string('0', 64), "job"]);
        await market.ReceiveAsync(lost, Ct);
        Assert.Equal(DvmProblems.ChainedJobUnknown.Code, (await market.AnswerAsync(lost, Ct)).Tag("code"));
    }

    Task<List<string>> AuditAsync(string id) => postgres.Db.ManyAsync<string>(
        """
        select coalesce(from_status, '') || '>' || to_status
          from market.job_audit
         where job_id = @id
         order by version
        """,
        new { id }, Ct);
}
