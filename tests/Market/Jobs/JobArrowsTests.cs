using FsCheck;
using FsCheck.Fluent;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Tests.Market.Jobs;

public class JobArrowsTests
{
    [Fact]
    public void Exactly_the_arrows_of_the_figure_exist()
    {
        const string Figure = """
            received>rejected received>quoted received>running quoted>locked quoted>expired locked>running
            locked>failed running>delivered running>failed delivered>validating delivered>accepted delivered>disputed
            delivered>settled validating>delivered validating>failed accepted>settled disputed>settled
            disputed>refunded disputed>split failed>refunded
            """;
        var expected = Figure.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            JobArrows.All.Keys.Select(arrow => $"{arrow.From.Word()}>{arrow.To.Word()}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_status_has_a_word_that_reads_back() =>
        Assert.All(Enum.GetValues<JobStatus>(), status => Assert.Equal(status, JobArrows.Parse(status.Word())));

    /// <summary>Whatever is asked, a job only ever stands where the arrows that were allowed have led it.</summary>
    [Fact]
    public void Random_walks_follow_the_arrows_and_end_where_there_are_none()
    {
        var walks = Gen.ListOf(Gen.Elements(Enum.GetValues<JobStatus>())).ToArbitrary();
        Check.QuickThrowOnFailure(Prop.ForAll(walks, walk =>
        {
            var job = Given.Job(JobStatus.Received);
            foreach (var to in walk)
            {
                var from = job.Status;
                var refused = JobArrows.Refuse(job, [to]);
                var stays = (from, to) is (JobStatus.Running, JobStatus.Running);
                var legal = stays || (JobArrows.All.TryGetValue((from, to), out var money) && !money);
                Assert.Equal(legal, refused is null);
                if (legal) job = job with { Status = to };
                if (from.IsTerminal()) Assert.Equal(from, job.Status);
            }
        }));
    }

    [Fact]
    public void A_job_with_a_price_does_not_move_while_there_is_nothing_to_pay_with()
    {
        var paid = Given.Job(JobStatus.Received) with { Price = new(1_000) };
        Assert.Equal(JobProblems.PaymentsAbsent, JobArrows.Refuse(paid, [JobStatus.Running]));
        Assert.Equal(JobProblems.PaymentsAbsent, JobArrows.Refuse(paid, [JobStatus.Quoted]));
        Assert.Null(JobArrows.Refuse(paid, [JobStatus.Rejected]));
        var failed = paid with { Status = JobStatus.Failed };
        Assert.Equal(JobProblems.PaymentsAbsent, JobArrows.Refuse(failed, [JobStatus.Refunded]));
    }

    [Fact]
    public void A_path_is_refused_when_any_of_its_arrows_is()
    {
        var running = Given.Job(JobStatus.Running);
        Assert.Null(JobArrows.Refuse(running, [JobStatus.Delivered, JobStatus.Settled]));
        Assert.Equal(
            JobProblems.IllegalArrow.Code,
            JobArrows.Refuse(running, [JobStatus.Delivered, JobStatus.Running])!.Code);
    }
}

static class Given
{
    /// <summary>A free job of nobody in particular, with an id of its own.</summary>
    internal static Job Job(JobStatus status) => new(
        System.Security.Cryptography.RandomNumberGenerator.GetHexString(64, lowercase: true), "nostr", 5400, "agent",
        "customer", false, "{}", Msat.Zero, status, 1)
    {
        ReceivedAt = TimeProvider.System.GetUtcNow(),
        SubmitBy = TimeProvider.System.GetUtcNow().AddMinutes(1),
    };
}
