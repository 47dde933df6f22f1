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
        var prices = Gen.Elements(false, true).ToArbitrary();
        Check.QuickThrowOnFailure(Prop.ForAll(walks, prices, (walk, isPaid) =>
        {
            var job = Given.Job(JobStatus.Received) with { Price = new(isPaid ? 1_000 : 0) };
            foreach (var to in walk)
            {
                var from = job.Status;
                var refused = JobArrows.Refuse(job, [to]);
                var stays = from == to && from is (JobStatus.Running or JobStatus.Delivered);
                var legal = stays
                    || (JobArrows.All.TryGetValue((from, to), out var paid) && (paid ?? isPaid) == isPaid);
                Assert.Equal(legal, refused is null);
                if (legal) job = job with { Status = to };
                if (from.IsTerminal() && (from, isPaid) != (JobStatus.Failed, true)) Assert.Equal(from, job.Status);
            }
        }));
    }

    [Fact]
    public void A_job_with_a_price_goes_no_way_of_a_free_one_and_none_past_its_money()
    {
        var paid = Given.Job(JobStatus.Received) with { Price = new(1_000) };
        Assert.NotNull(JobArrows.Refuse(paid, [JobStatus.Running]));
        Assert.NotNull(JobArrows.Refuse(paid, [JobStatus.Quoted, JobStatus.Running]));
        var running = paid with { Status = JobStatus.Running };
        Assert.NotNull(JobArrows.Refuse(running, SettleJob.PathOfDelivery(Given.Free)));
        Assert.Null(JobArrows.Refuse(paid, [JobStatus.Quoted, JobStatus.Locked, JobStatus.Running]));
        Assert.Null(JobArrows.Refuse(paid, [JobStatus.Rejected]));
        Assert.NotNull(JobArrows.Refuse(Given.Free, [JobStatus.Quoted]));
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
    internal static Job Free => Job(JobStatus.Received);

    /// <summary>A free job of nobody in particular, with an id of its own.</summary>
    internal static Job Job(JobStatus status) => new(
        System.Security.Cryptography.RandomNumberGenerator.GetHexString(64, lowercase: true), "nostr", 5400, "agent",
        "customer", false, "{}", Msat.Zero, status, 1)
    {
        ReceivedAt = TimeProvider.System.GetUtcNow(),
        SubmitBy = TimeProvider.System.GetUtcNow().AddMinutes(1),
    };
}
