using System.Globalization;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Server;

[assembly: AssemblyFixture(typeof(PoA.Nostr.Tests.Support.PostgresCluster))]

namespace PoA.Nostr.Tests.Support;

/// <summary>
/// A real PostgreSQL with the real migrations: a fresh database for each test class that asks for one by
/// <c>IClassFixture&lt;Postgres&gt;</c>.
/// </summary>
public sealed class Postgres : IAsyncLifetime
{
    /// <summary>As the role that the service works as.</summary>
    public NpgsqlDataSource Db { get; private set; } = null!;

    /// <summary>As the owner of everything: for tables of a test's own, and for harm done on purpose.</summary>
    public NpgsqlDataSource Owner { get; private set; } = null!;

    /// <summary>The same database, for what needs a direct connection. Disposed with the fixture.</summary>
    public DirectDatabase Direct { get; private set; } = null!;

    /// <summary>Of <see cref="Db"/>.</summary>
    public string ConnectionString { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var owner = await PostgresCluster.FreshDatabaseAsync();
        Owner = NpgsqlDataSource.Create(owner);
        ConnectionString = new NpgsqlConnectionStringBuilder(owner) { Username = ServiceRole.Name }.ConnectionString;
        Db = NpgsqlDataSource.Create(ConnectionString);
        Direct = new(NpgsqlDataSource.Create(ConnectionString));
    }

    public async ValueTask DisposeAsync()
    {
        await Direct.DisposeAsync();
        await Db.DisposeAsync();
        await Owner.DisposeAsync();
    }
}

/// <summary>
/// One private cluster for the run, started by the first class that needs it. It takes nothing that the machine
/// already runs, and goes when the run ends; what a killed run left behind goes with the next. A process that runs the
/// tests several times, as mutation testing does, has one for each.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    /// <summary>A test's database does not outlive the run, so nothing is gained by waiting for the disk.</summary>
    static readonly Dictionary<string, string> Settings = new() { ["fsync"] = "off", ["max_connections"] = "300" };

    static readonly string Folder = Path.Combine(
        Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"poa-tests-{Environment.ProcessId}"));

    static readonly SemaphoreSlim Copying = new(1, 1);
    static Lazy<Task<EmbeddedPostgres>> s_started = new(StartAsync);
    static int s_databases;

    /// <summary>A connection string to a database of one's own, migrated, as its owner.</summary>
    public static async Task<string> FreshDatabaseAsync()
    {
        var cluster = await s_started.Value;
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref s_databases)}");
        await Copying.WaitAsync();
        try
        {
            await using var server = Connect(cluster, "postgres");
            await server.RunAsync($"create database {name} template poa", null, default);
        }
        finally
        {
            Copying.Release();
        }

        return new NpgsqlConnectionStringBuilder(cluster.ConnectionString)
        {
            Database = name,
            IncludeErrorDetail = true,
        }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        var started = Interlocked.Exchange(ref s_started, new(StartAsync));
        if (!started.IsValueCreated) return;

        await (await started.Value).StopAsync(default);
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Makes and migrates the database that every other is copied from.</summary>
    static async Task<EmbeddedPostgres> StartAsync()
    {
        await RemoveOrphansAsync();
        Directory.CreateDirectory(Folder);
        var cluster = await EmbeddedPostgres.StartAsync(Folder, Settings, default);
        await using var template = Connect(cluster, "poa");
        await Migrator.RunAsync(template, Floors.WithSchema, default);
        await ServiceRole.AllowAsync(template, ServiceRole.Name, Floors.Guarded, default);
        return cluster;
    }

    /// <summary>Without a pool: a database that somebody is connected to cannot be copied.</summary>
    static NpgsqlDataSource Connect(EmbeddedPostgres cluster, string database) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Database = database, Pooling = false }
            .ConnectionString);

    static async Task RemoveOrphansAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), "poa-tests-*"))
        {
            var owner = int.Parse(folder.Split('-')[^1], CultureInfo.InvariantCulture);
            if (Daemon.IsAlive(owner)) continue;

            if (EmbeddedPostgres.Running(folder) is { } orphan) await orphan.StopAsync(default);
            TemporaryFolder.DeleteLeftover(folder);
        }
    }
}
