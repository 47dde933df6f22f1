using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PoA.Nostr.Database;

/// <summary>
/// A private PostgreSQL under a data folder, reached over a Unix socket that only its owner can open. The next start
/// adopts a server that is still running, so a killed program costs no restart; a killed server recovers by itself.
/// </summary>
public sealed class EmbeddedPostgres
{
    /// <summary>
    /// After a kill −9 of the postmaster its children need a while to leave: till then it ends at once.
    /// </summary>
    static readonly TimeSpan OrphansMax = TimeSpan.FromSeconds(10);

    /// <summary>Recovery of a large log takes its time.</summary>
    static readonly TimeSpan StartMax = TimeSpan.FromMinutes(1);

    static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    EmbeddedPostgres(PostgresPlace place, int pid, bool adopted) => (Place, Pid, Adopted) = (place, pid, adopted);

    public int Pid { get; }

    /// <summary>It was running already.</summary>
    public bool Adopted { get; }

    /// <summary>For Npgsql, as the owner of everything; the database exists.</summary>
    public string ConnectionString => Place.ConnectionString(Database);

    /// <summary>As the role that the service works as; there from the first migration on.</summary>
    public string ServiceConnectionString => Place.ConnectionString(Database, ServiceRole.Name);

    internal PostgresPlace Place { get; }

    /// <param name="data">The folder that holds it: <c>pg/</c> and <c>log/postgres.log</c> are made in it.</param>
    /// <param name="settings">Settings of PostgreSQL that differ from ours.</param>
    /// <param name="ct">Stops the waiting; a server that was started keeps running.</param>
    public static async Task<EmbeddedPostgres> StartAsync(
        string data, IReadOnlyDictionary<string, string>? settings, CancellationToken ct)
    {
        var place = PostgresPlace.Prepare(data);
        await place.InitializeAsync(ct);
        var adopted = place.RunningPid() is not null;
        await EnsureRunningAsync(place, settings ?? new Dictionary<string, string>(), ct);
        await place.CreateDatabaseAsync(Database, ct);
        return new(place, place.RunningPid() ?? 0, adopted);
    }

    /// <summary>The one that runs on this folder, or null.</summary>
    public static EmbeddedPostgres? Running(string data) =>
        PostgresPlace.At(data) is { } place && place.RunningPid() is { } pid ? new(place, pid, adopted: true) : null;

    /// <summary>Fast shutdown: open transactions roll back, everything committed is flushed.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        Daemon.Signal(Pid, PosixSignal.SIGINT);
        if (!await Daemon.EndedAsync(Pid, StopMax, ct))
        {
            Daemon.Signal(Pid, PosixSignal.SIGQUIT);
            await Daemon.EndedAsync(Pid, StopMax, ct);
        }

        Place.RemoveSocketFolder();
    }

    /// <summary>Starts it until it answers. A start that ends at once is tried again while there is time.</summary>
    static async Task EnsureRunningAsync(
        PostgresPlace place, IReadOnlyDictionary<string, string> settings, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        Process? started = null;
        while (true)
        {
            if (place.RunningPid() is null && started is null or { HasExited: true })
            {
                started?.Dispose();
                started = await place.LaunchAsync(settings, ct);
            }

            if (await place.AnswersAsync(ct)) break;
            var patience = started is { HasExited: true } ? OrphansMax : StartMax;
            if (watch.Elapsed > patience) throw new PostgresStartException(place.WhyNot());
            await Task.Delay(started is { HasExited: true } ? 500 : 50, ct);
        }

        started?.Dispose();
    }

    const string Database = "poa";
}
