using System.Globalization;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Database;

[Suite("slice")]
public sealed class EmbeddedPostgresTests : IAsyncDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly string _data = Directory.CreateTempSubdirectory("poa-embedded-").FullName;

    public EmbeddedPostgresTests() => Open(_data);

    [Fact]
    public async Task A_start_finds_the_server_that_a_killed_program_left_behind()
    {
        var first = await EmbeddedPostgres.StartAsync(_data, null, Ct);
        await ExecuteAsync(first, "create table kept (n int)");

        var second = await EmbeddedPostgres.StartAsync(_data, null, Ct);

        Assert.False(first.Adopted);
        Assert.True(second.Adopted);
        Assert.Equal(first.Pid, second.Pid);
        await ExecuteAsync(second, "select n from kept");
    }

    [Fact]
    public async Task What_was_committed_survives_a_kill_of_the_server_under_load()
    {
        var first = await EmbeddedPostgres.StartAsync(_data, null, Ct);
        await ExecuteAsync(first, "create table kept (n int primary key)");
        await using var busy = NpgsqlDataSource.Create(first.ConnectionString);
        var sleeping = busy.RunAsync("select pg_sleep(60)", null, Ct);
        var committed = 0;
        while (committed < 200) await busy.RunAsync("insert into kept values (@n)", new { n = committed++ }, Ct);

        Daemon.Kill(first.Pid);
        var second = await EmbeddedPostgres.StartAsync(_data, null, Ct);

        Assert.NotEqual(first.Pid, second.Pid);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => sleeping);
        await using var db = NpgsqlDataSource.Create(second.ConnectionString);
        Assert.Equal(committed, await db.OneAsync<int>("select count(*)::int from kept", null, Ct));
    }

    [Fact]
    public async Task A_pid_file_that_names_somebody_else_is_not_believed()
    {
        var first = await EmbeddedPostgres.StartAsync(_data, null, Ct);
        var pidFile = Path.Combine(first.Place.Cluster, "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(pidFile, Ct);
        await first.StopAsync(Ct);
        lines[0] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(pidFile, lines, Ct);

        Assert.Null(EmbeddedPostgres.Running(_data));
        File.Delete(pidFile);
        Assert.False((await EmbeddedPostgres.StartAsync(_data, null, Ct)).Adopted);
    }

    [Fact]
    public async Task A_stop_leaves_no_process_and_no_socket()
    {
        var postgres = await EmbeddedPostgres.StartAsync(_data, null, Ct);

        await postgres.StopAsync(Ct);

        Assert.False(Daemon.IsAlive(postgres.Pid));
        Assert.False(Directory.Exists(postgres.Place.Socket));
        Assert.Null(EmbeddedPostgres.Running(_data));
    }

    [Fact]
    public async Task A_first_start_that_was_cut_short_is_made_again()
    {
        var half = Directory.CreateDirectory(Path.Combine(_data, "pg.new")).FullName;
        await File.WriteAllTextAsync(Path.Combine(half, "PG_VERSION"), "15", Ct);

        await ExecuteAsync(await EmbeddedPostgres.StartAsync(_data, null, Ct), "select 1");

        Assert.False(Directory.Exists(half));
    }

    [Fact]
    public async Task It_is_durable_and_listens_on_no_port()
    {
        var postgres = await EmbeddedPostgres.StartAsync(_data, null, Ct);
        await using var db = NpgsqlDataSource.Create(postgres.ConnectionString);

        (string, string)[] expected = [("fsync", "on"), ("synchronous_commit", "on"), ("listen_addresses", "")];
        foreach (var (setting, value) in expected)
        {
            Assert.Equal(value, await db.OneAsync<string>("select current_setting(@setting)", new { setting }, Ct));
        }

        Assert.Equal("poa", await db.OneAsync<string>("select current_database()", null, Ct));
        Assert.Equal("ä", await db.OneAsync<string>("select lower('Ä')", null, Ct));
    }

    [Fact]
    public async Task A_folder_that_is_deep_works_and_so_does_one_that_only_its_owner_may_enter()
    {
        var closed = Directory.CreateDirectory(
            Path.Combine(_data, new string('d', 90), "closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute).FullName;
        var postgres = await EmbeddedPostgres.StartAsync(closed, null, Ct);
        try
        {
            await ExecuteAsync(postgres, "select 1");
            Assert.Equal(postgres.Pid, EmbeddedPostgres.Running(closed)!.Pid);
        }
        finally
        {
            await postgres.StopAsync(Ct);
            if (Environment.IsPrivilegedProcess) Directory.Delete(postgres.Place.Cluster, recursive: true);
        }
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        var refused = await Assert.ThrowsAsync<PostgresStartException>(() => EmbeddedPostgres.StartAsync(
            _data, new Dictionary<string, string> { ["shared_buffers"] = "nonsense" }, Ct));

        Assert.Contains("nonsense", refused.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (EmbeddedPostgres.Running(_data) is { } running) await running.StopAsync(default);
        // What was started and is about to end may still open its log.
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!IsGone()) await Task.Delay(50, late.Token);
    }

    bool IsGone()
    {
        try
        {
            Directory.Delete(_data, recursive: true);
        }
        catch (IOException) when (Directory.Exists(_data))
        {
            return false;
        }

        return true;
    }

    /// <summary>The user that root becomes has to get in.</summary>
    static void Open(string folder) => File.SetUnixFileMode(
        folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

    static async Task ExecuteAsync(EmbeddedPostgres postgres, string sql)
    {
        await using var db = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString);
        await db.RunAsync(sql, null, Ct);
    }
}
