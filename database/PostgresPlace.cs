using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>Where a private PostgreSQL lives, whom it runs as, and how it is made, launched and asked.</summary>
/// <param name="Bin">PostgreSQL's programs.</param>
/// <param name="Cluster">The data directory, as the server names it.</param>
/// <param name="Socket">The folder of its socket: short, since a socket's path has 107 bytes at most.</param>
/// <param name="Log">Its log file.</param>
/// <param name="User">PostgreSQL refuses root: then it runs as this user. Null for the current one.</param>
sealed record PostgresPlace(string Bin, string Cluster, string Socket, string Log, string? User)
{
    /// <summary>Our settings: durable, and sized for a machine of two cores that does other work too.</summary>
    static readonly Dictionary<string, string> Settings = new()
    {
        ["listen_addresses"] = "",
        ["unix_socket_permissions"] = "0700",
        ["max_connections"] = "120",
        ["shared_buffers"] = "192MB",
        ["effective_cache_size"] = "1GB",
        ["work_mem"] = "8MB",
        ["maintenance_work_mem"] = "64MB",
        ["fsync"] = "on",
        ["synchronous_commit"] = "on",
        ["wal_level"] = "minimal",
        ["max_wal_senders"] = "0",
        ["wal_compression"] = "on",
        ["wal_buffers"] = "16MB",
        ["min_wal_size"] = "256MB",
        ["max_wal_size"] = "2GB",
        ["checkpoint_timeout"] = "15min",
        ["random_page_cost"] = "1.1",
        ["jit"] = "off",
        ["autovacuum_naptime"] = "15s",
        ["autovacuum_vacuum_scale_factor"] = "0.05",
        ["idle_in_transaction_session_timeout"] = "60s",
        ["timezone"] = "UTC",
        ["log_timezone"] = "UTC",
        ["cluster_name"] = "poa",
    };

    static string? Unprivileged => Environment.IsPrivilegedProcess ? "postgres" : null;

    /// <summary>Finds the programs and makes the folders around the cluster, not the cluster itself.</summary>
    public static PostgresPlace Prepare(string data)
    {
        if (PostgresBinaries.Find() is null)
        {
            throw new PostgresStartException("PostgreSQL is not installed: apt-get install postgresql");
        }

        Directory.CreateDirectory(Path.Combine(data, "log"));
        if (Unprivileged is not null) LinkWhereReachable(Path.Combine(Path.GetFullPath(data), "pg"));
        return At(data)!;
    }

    /// <summary>Null when PostgreSQL is not installed.</summary>
    public static PostgresPlace? At(string data)
    {
        if (PostgresBinaries.Find() is not { } bin) return null;

        var folder = Path.Combine(Path.GetFullPath(data), "pg");
        var cluster = new DirectoryInfo(folder).LinkTarget ?? folder;
        var log = Path.Combine(Path.GetFullPath(data), "log", "postgres.log");
        return new(bin, cluster, $"/tmp/poa-pg-{Hash(cluster)}", log, Unprivileged);
    }

    /// <summary>
    /// The user that root becomes cannot enter folders such as /root: then the cluster lies under /var/lib and the
    /// data folder holds a link to it.
    /// </summary>
    static void LinkWhereReachable(string cluster)
    {
        for (var folder = Path.GetDirectoryName(cluster); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute)) continue;
            if (new DirectoryInfo(cluster) is { LinkTarget: not null } or { Exists: true }) return;

            Directory.CreateDirectory("/var/lib/poa-nostr");
            Directory.CreateSymbolicLink(cluster, $"/var/lib/poa-nostr/{Hash(cluster)}");
            return;
        }
    }

    static string Hash(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..12];

    public string ConnectionString(string database, string role = "poa") => new NpgsqlConnectionStringBuilder
    {
        Host = Socket,
        Username = role,
        Database = database,
        MaxPoolSize = 40,
        MaxAutoPrepare = 100,
        AutoPrepareMinUsages = 2,
        Timeout = 10,
        IncludeErrorDetail = false,
    }.ConnectionString;

    /// <summary>
    /// Makes the cluster when there is none: beside its place, then moved, so that it is there or not.
    /// </summary>
    public async Task InitializeAsync(CancellationToken ct)
    {
        if (Directory.Exists(Cluster)) return;

        var making = Cluster + ".new";
        if (Directory.Exists(making)) Directory.Delete(making, recursive: true);
        Directory.CreateDirectory(making, OwnerOnly);
        await GiveAsync(making, ct);
        string[] args =
        [
            "-D", making, "-U", "poa", "-A", "trust", "-E", "UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8",
            "--no-instructions",
        ];
        using var initdb = Daemon.Start(Path.Combine(Bin, "initdb"), args, Log, User);
        await initdb.WaitForExitAsync(ct);
        if (initdb.ExitCode != 0) throw new PostgresStartException(WhyNot());
        Directory.Move(making, Cluster);
    }

    public async Task<Process> LaunchAsync(IReadOnlyDictionary<string, string> settings, CancellationToken ct)
    {
        await MakeSocketFolderAsync(ct);
        var all = Settings.Concat(settings).Append(new("unix_socket_directories", Socket));
        IEnumerable<string> args = ["-D", Cluster, .. all.SelectMany(s => new[] { "-c", $"{s.Key}={s.Value}" })];
        return Daemon.Start(Path.Combine(Bin, "postgres"), args, Log, User);
    }

    /// <summary>
    /// The postmaster that postmaster.pid names, if it is really one and really on this cluster: ids are used again
    /// after a crash, so the file alone proves nothing.
    /// </summary>
    public int? RunningPid()
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(Cluster, "postmaster.pid"));
            return lines is [var first, var folder, ..]
                && int.TryParse(first, CultureInfo.InvariantCulture, out var pid)
                && folder == Cluster
                && Daemon.IsAlive(pid)
                && Daemon.CommandLine(pid) is [var program, ..] && Path.GetFileName(program) == "postgres"
                && File.ReadAllLines($"/proc/{pid}/cwd/postmaster.pid").SequenceEqual(lines)
                    ? pid
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Unpooled("postgres"));
            await connection.OpenAsync(ct);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    public async Task CreateDatabaseAsync(string name, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(Unpooled("postgres"));
        await connection.OpenAsync(ct);
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection);
        exists.Parameters.Add(new() { Value = name });
        if (await exists.ExecuteScalarAsync(ct) is not null) return;

        await using var create = new NpgsqlCommand($"create database {name}", connection);
        await create.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The end of its log, which says it best.</summary>
    public string WhyNot()
    {
        var tail = File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(5)) : "";
        return $"PostgreSQL does not start; {Log} ends with:\n{tail}";
    }

    public void RemoveSocketFolder()
    {
        if (Directory.Exists(Socket) && !Directory.EnumerateFileSystemEntries(Socket).Any()) Directory.Delete(Socket);
    }

    string Unpooled(string database) =>
        new NpgsqlConnectionStringBuilder(ConnectionString(database)) { Pooling = false, Timeout = 5 }.ConnectionString;

    /// <summary>In /tmp anybody may have made a folder of that name first: one that is not ours is refused.</summary>
    async Task MakeSocketFolderAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Socket, OwnerOnly);
        var owner = await AskAsync(["stat", "-c", "%U", Socket], ct);
        if (owner != Environment.UserName && owner != User)
        {
            throw new PostgresStartException($"{Socket} belongs to {owner}: remove it.");
        }

        File.SetUnixFileMode(Socket, OwnerOnly);
        await GiveAsync(Socket, ct);
    }

    Task GiveAsync(string folder, CancellationToken ct) =>
        User is null ? Task.CompletedTask : AskAsync(["chown", $"{User}:", folder], ct);

    static async Task<string> AskAsync(string[] command, CancellationToken ct)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        using var asked = Process.Start(start)!;
        var said = await asked.StandardOutput.ReadToEndAsync(ct);
        await asked.WaitForExitAsync(ct);
        return asked.ExitCode == 0
            ? said.Trim()
            : throw new PostgresStartException($"{string.Join(' ', command)} failed.");
    }

    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
}

/// <summary>PostgreSQL is missing or does not start. Says what to do.</summary>
public sealed class PostgresStartException(string message) : Exception(message);
