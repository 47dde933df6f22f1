using PoA.Nostr.Database;
using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Dvm;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Jobs;

/// <summary>What becomes of a job when its executor, or the process around it, does not behave.</summary>
[Suite("slice")]
public sealed class RunJobsTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly Customer _customer = new();

    [Fact]
    public async Task A_crash_is_tried_again_and_the_customer_sees_one_result()
    {
        var tries = 0;
        var kind = new ScriptedKind();
        kind.Work = (_, _, _) => Interlocked.Increment(ref tries) < 2
            ? throw new InvalidOperationException("crash")
            : Task.FromResult(new JobOutput("at last"));
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct, kind);

        var answers = await ServeAsync(market);

        Assert.Equal(["processing", "success"], answers.Select(answer => answer.Tag("status")));
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task A_job_that_crashes_every_time_fails_with_a_code()
    {
        var tries = 0;
        var kind = new ScriptedKind();
        kind.Work = (_, _, _) => throw new InvalidOperationException($"crash {Interlocked.Increment(ref tries)}");
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct, kind);

        var answers = await ServeAsync(market);

        Assert.Equal(JobProblems.ExecutorCrashed.Code, answers[^1].Tag("code"));
        Assert.DoesNotContain("crash 1", answers[^1].Content, StringComparison.Ordinal);
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task An_executor_that_hangs_and_hears_nothing_fails_at_its_deadline()
    {
        var kind = new ScriptedKind { Limit = TimeSpan.FromSeconds(1) };
        kind.Work = (_, _, _) => new TaskCompletionSource<JobOutput>().Task;
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct, kind);

        Assert.Equal(JobProblems.DeadlinePassed.Code, (await ServeAsync(market))[^1].Tag("code"));
    }

    [Fact]
    public async Task An_output_that_fails_its_check_is_not_delivered()
    {
        var kind = new ScriptedKind { Check = _ => DvmProblems.Malformed };
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct, kind);

        var answers = await ServeAsync(market);

        Assert.Equal(JobProblems.OutputRefused.Code, answers[^1].Tag("code"));
        Assert.DoesNotContain(answers, answer => answer.Kind == 6400);
    }

    [Fact]
    public async Task A_problem_of_the_executor_is_the_jobs_own_and_an_output_too_large_is_one()
    {
        var kind = new ScriptedKind();
        kind.Work = (_, _, _) => throw new ProblemException(DvmProblems.UrlRefused);
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct, kind);
        Assert.Equal(DvmProblems.UrlRefused.Code, (await ServeAsync(market))[^1].Tag("code"));

        kind.Work = (_, _, _) => Task.FromResult(new JobOutput(new('x', Limits.InlineResultBytesMax + 1)));
        Assert.Equal(JobProblems.OutputTooLarge.Code, (await ServeAsync(market))[^1].Tag("code"));

        kind.Work = (_, _, _) => Task.FromResult(new JobOutput(new('"', Limits.InlineResultBytesMax)));
        Assert.Equal(JobProblems.OutputTooLarge.Code, (await ServeAsync(market))[^1].Tag("code"));

        kind.Work = (_, _, _) => Task.FromResult(new JobOutput(new('x', Limits.InlineResultBytesMax)));
        var result = (await ServeAsync(market, new string('y', 20_000)))[^1];
        Assert.Equal((6400, null), (result.Kind, result.Tag("request")));
    }

    [Fact]
    public async Task The_job_of_a_process_that_died_is_done_by_another()
    {
        var never = new ScriptedKind { Work = (_, _, ct) => Forever(ct) };
        var dead = await JobMarket.StartAsync(
            postgres.Db, Ct, never, ("Market:Lease", "01:00:00"), ("Market:JobsAtOnceMax", "1"));
        var request = _customer.Ask(dead.Agent, "left behind");
        await dead.ReceiveAsync(request, Ct);
        await dead.AnswerAsync(request, Ct);
        await postgres.Db.RunAsync(
            "update market.job set leased_until = now() where id = @Id", new { request.Id }, Ct);

        await using var heir = await JobMarket.StartAsync(postgres.Db, Ct);
        Assert.Equal("left behind", (await heir.AnswersAsync(request, Ct))[^1].Content);

        // The old one is told at the latest when it wants to say something: its version is not the row's any more.
        await dead.DisposeAsync();
        var job = await heir.Get<ReadJob>().FindAsync(request.Id, Ct);
        Assert.Equal((JobStatus.Settled, 2), (job!.Status, job.Attempts));
    }

    [Fact]
    public async Task A_process_that_stops_in_order_gives_its_jobs_back_at_once()
    {
        var never = new ScriptedKind { Work = (_, _, ct) => Forever(ct) };
        var stopping = await JobMarket.StartAsync(postgres.Db, Ct, never, ("Market:Lease", "01:00:00"));
        var request = _customer.Ask(stopping.Agent, "handed over");
        await stopping.ReceiveAsync(request, Ct);
        await stopping.DisposeAsync();

        await using var heir = await JobMarket.StartAsync(postgres.Db, Ct);
        Assert.Equal("handed over", (await heir.AnswersAsync(request, Ct))[^1].Content);
    }

    [Fact]
    public async Task The_customer_may_cancel_and_nobody_else()
    {
        var stopped = new TaskCompletionSource();
        var kind = new ScriptedKind();
        kind.Work = async (_, _, ct) =>
        {
            await using var told = ct.Register(() => stopped.TrySetResult());
            return await Forever(ct);
        };
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct, kind);
        var request = _customer.Ask(market.Agent, "x");
        await market.ReceiveAsync(request, Ct);
        Assert.Equal("processing", (await market.AnswerAsync(request, Ct)).Tag("status"));

        await market.ReceiveAsync(new Customer().Sign(5, "", [["e", request.Id], ["k", "5400"]]), Ct);
        Assert.Equal(JobStatus.Running, (await market.Get<ReadJob>().FindAsync(request.Id, Ct))!.Status);

        await market.ReceiveAsync(_customer.Sign(5, "", [["e", request.Id], ["k", "5400"]]), Ct);
        Assert.Equal(JobProblems.Cancelled.Code, (await market.AnswerAsync(request, Ct)).Tag("code"));
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_by_one_process_is_stopped_in_the_other_that_works_on_it()
    {
        var stopped = new TaskCompletionSource();
        var kind = new ScriptedKind { Limit = TimeSpan.FromHours(1) };
        kind.Work = async (_, _, ct) =>
        {
            await using var told = ct.Register(() => stopped.TrySetResult());
            return await Forever(ct);
        };
        await using var works = await JobMarket.StartAsync(postgres.Db, Ct, kind, ("Market:Lease", "01:00:00"));
        await using var cancels = await JobMarket.StartAsync(postgres.Db, Ct);
        var request = _customer.Ask(works.Agent, "x");
        await works.ReceiveAsync(request, Ct);
        await works.AnswerAsync(request, Ct);
        using var heard = works.Get<Notifications>().SignalOn("listening");
        do await Notifications.SayAsync(postgres.Db, "listening", "", Ct);
        while (!await heard.WaitAsync(TimeSpan.FromSeconds(1), Ct));

        await cancels.ReceiveAsync(_customer.Sign(5, "", [["e", request.Id], ["k", "5400"]]), Ct);

        Assert.Equal(JobProblems.Cancelled.Code, (await cancels.AnswerAsync(request, Ct)).Tag("code"));
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task Work_that_nobody_does_any_more_expires()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var request = _customer.Ask(market.Agent, "x");
        await market.ReceiveAsync(request, Ct);
        await market.AnswersAsync(request, Ct);
        await postgres.Db.RunAsync(
            """
            update market.job set status = 'running', leased_until = 'infinity', submit_by = now() - interval '1 hour'
             where id = @Id
            """,
            new { request.Id }, Ct);

        Assert.Equal(JobProblems.DeadlinePassed.Code, (await market.AnswerAsync(request, Ct)).Tag("code"));
    }

    async Task<List<NostrEvent>> ServeAsync(JobMarket market, string text = "x")
    {
        var request = _customer.Ask(market.Agent, text);
        await market.ReceiveAsync(request, Ct);
        return await market.AnswersAsync(request, Ct);
    }

    static async Task<JobOutput> Forever(CancellationToken ct)
    {
        await Task.Delay(Timeout.Infinite, ct);
        return new("never");
    }
}
