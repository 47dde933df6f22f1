using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Database;

[Suite("slice")]
public class AfterCommitTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_runs_once_after_the_commit_and_never_after_a_rollback()
    {
        var ran = 0;
        await Assert.ThrowsAsync<TimeoutException>(() => postgres.Owner.InTransactionAsync(
            tx =>
            {
                tx.OnCommitted(() => ran += 100);
                return Task.FromException(new TimeoutException());
            },
            Ct));
        Assert.Equal(0, ran);

        await postgres.Owner.InTransactionAsync(
            tx =>
            {
                tx.OnCommitted(() => ran++);
                Assert.Equal(0, ran);
                return Task.CompletedTask;
            },
            Ct);
        await postgres.Owner.InTransactionAsync(_ => Task.CompletedTask, Ct);

        Assert.Equal(1, ran);
    }
}
