using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Database;

[Suite("slice")]
public class GroupCommitTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Callers_at_once_share_transactions_and_each_gets_its_own_answer()
    {
        await postgres.Owner.RunAsync("create table shared (id int primary key, tx bigint)", null, Ct);
        await using var group = new GroupCommit<int, string>(postgres.Owner, async (tx, ids, ct) =>
        {
            await tx.RunAsync(
                "insert into shared select unnest(@ids), pg_current_xact_id()::text::bigint",
                new { ids = ids.ToArray() }, ct);
            return [.. ids.Select(id => $"row {id}")];
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(id => group.SubmitAsync(id, Ct)));

        Assert.Equal(Enumerable.Range(0, 500).Select(id => $"row {id}"), answers);
        Assert.Equal(500, await postgres.Owner.OneAsync<int>("select count(*)::int from shared", null, Ct));
        var transactions = await postgres.Owner.OneAsync<int>("select count(distinct tx)::int from shared", null, Ct);
        Assert.InRange(transactions, 2, 250);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(19)]
    public async Task One_bad_item_fails_alone(int bad)
    {
        var table = $"bad_{bad}";
        await postgres.Owner.RunAsync($"create table {table} (id int primary key check (id <> {bad}))", null, Ct);
        var opened = new TaskCompletionSource();
        await using var group = new GroupCommit<int>(postgres.Owner, async (tx, ids, ct) =>
        {
            await opened.Task;
            await tx.RunAsync($"insert into {table} select unnest(@ids)", new { ids = ids.ToArray() }, ct);
        });

        var submitted = Enumerable.Range(0, 20).Select(id => group.SubmitAsync(id, Ct)).ToList();
        opened.SetResult();

        await Assert.ThrowsAsync<PostgresException>(() => submitted[bad]);
        await Task.WhenAll(submitted.Where((_, id) => id != bad));
        Assert.Equal(19, await postgres.Owner.OneAsync<int>($"select count(*)::int from {table}", null, Ct));
    }

    [Fact]
    public async Task A_lost_connection_is_told_to_all_and_the_next_batch_works()
    {
        var kill = true;
        await using var group = new GroupCommit<int>(postgres.Owner, async (tx, _, ct) =>
        {
            if (!kill) return;
            kill = false;
            await tx.RunAsync("select pg_terminate_backend(pg_backend_pid())", null, ct);
        });

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => group.SubmitAsync(1, Ct));
        await group.SubmitAsync(2, Ct);
    }

    [Fact]
    public async Task What_waits_is_committed_before_it_is_disposed()
    {
        await postgres.Owner.RunAsync("create table late (id int primary key)", null, Ct);
        var group = new GroupCommit<int>(postgres.Owner, (tx, ids, ct) =>
            tx.RunAsync("insert into late select unnest(@ids)", new { ids = ids.ToArray() }, ct));

        var submitted = Enumerable.Range(0, 50).Select(id => group.SubmitAsync(id, Ct)).ToList();
        await group.DisposeAsync();

        await Task.WhenAll(submitted);
        Assert.Equal(50, await postgres.Owner.OneAsync<int>("select count(*)::int from late", null, Ct));
    }
}
