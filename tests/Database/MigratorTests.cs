using PoA.Nostr.Database;
using PoA.Nostr.Server;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Database;

[Suite("slice")]
public class MigratorTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scripts_run_once_in_order_however_many_processes_start()
    {
        Migrator.Script[] scripts =
        [
            .. Known,
            new("Test/0001_one", "create schema mine; create table mine.a (n int)"),
            new("Test/0002_two", "insert into mine.a values (1)"),
        ];

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Migrator.RunAsync(postgres.Owner, scripts, Ct)));

        Assert.Equal([1], await postgres.Owner.ManyAsync<int>("select n from mine.a", null, Ct));
        var edited = await Assert.ThrowsAsync<MigrationException>(() => Migrator.RunAsync(
            postgres.Owner, [.. scripts[..^1], scripts[^1] with { Text = "select 1" }], Ct));
        Assert.Contains("Test/0002_two changed", edited.Message, StringComparison.Ordinal);
        var older = await Assert.ThrowsAsync<MigrationException>(
            () => Migrator.RunAsync(postgres.Owner, scripts[..^1], Ct));
        Assert.Contains("newer", older.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_behind()
    {
        await using var db = Npgsql.NpgsqlDataSource.Create(await PostgresCluster.FreshDatabaseAsync());
        var before = await db.OneAsync<long>("select count(*) from public.schema_history", null, Ct);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Migrator.RunAsync(
            db,
            [.. Known, new("Test/0001_one", "create schema half"), new("Test/0002_two", "select no_such()")],
            Ct));

        Assert.Null(await db.OneAsync<string>("select nspname from pg_namespace where nspname = 'half'", null, Ct));
        Assert.Equal(before, await db.OneAsync<long>("select count(*) from public.schema_history", null, Ct));
    }

    [Fact]
    public async Task The_real_schema_may_be_applied_again()
    {
        await using var db = Npgsql.NpgsqlDataSource.Create(await PostgresCluster.FreshDatabaseAsync());
        await Migrator.RunAsync(db, Floors.WithSchema, Ct);
    }

    [Fact]
    public async Task A_database_belongs_to_the_network_of_its_first_start()
    {
        await using var db = Npgsql.NpgsqlDataSource.Create(await PostgresCluster.FreshDatabaseAsync());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => NetworkStamp.CheckAsync(db, "devnet", Ct)));

        var refused = await Assert.ThrowsAsync<WrongNetworkException>(() => NetworkStamp.CheckAsync(db, "mainnet", Ct));

        Assert.Contains("made for devnet", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>What the fixture's database already has.</summary>
    static IEnumerable<Migrator.Script> Known => Migrator.Scripts(Floors.WithSchema);
}
