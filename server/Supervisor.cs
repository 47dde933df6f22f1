using System.Diagnostics;
using System.Globalization;
using PoA.Nostr.Database;

namespace PoA.Nostr.Server;

/// <summary>
/// Starts the processes of an instance, adopts those that already run, and in the foreground starts again whichever
/// ends. What a detached start leaves behind runs by itself: the next start adopts it.
/// </summary>
sealed class Supervisor(Instance instance)
{
    static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(60);
    static readonly TimeSpan RestartMin = TimeSpan.FromSeconds(1);
    static readonly TimeSpan RestartMax = TimeSpan.FromSeconds(30);

    readonly List<Func<CancellationToken, Task>> _undo = [];

    /// <summary>The foreground process that watches, if there is one.</summary>
    public RoleProcess Process { get; } = new(instance, "up");

    /// <summary>False where the operator named a database.</summary>
    public static bool OwnsPostgres => Environment.GetEnvironmentVariable(PostgresVariable) is null or "";

    /// <summary>One start at a time on a data folder; the system frees it when we end, however we end.</summary>
    public FileStream LockStarting()
    {
        if (Process.Pid is not null) throw new ProblemException(ServerProblems.AlreadyUp);
        try
        {
            return new(Path.Combine(instance.Run, "up.lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException)
        {
            throw new ProblemException(ServerProblems.AlreadyUp);
        }
    }

    public async Task StartAsync(CancellationToken ct)
    {
        var (service, owner) = await StartPostgresAsync(ct);
        if (instance.IsDevnet) StartRole(instance.Devnet, "devnet", owner ?? service, owner);
        StartRole(instance.Server, "all", service, owner);
    }

    /// <summary>The status once everything answers; a problem when something ended or the time is up.</summary>
    public async Task<Status> ReadyAsync(CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var status = await Status.ProbeAsync(instance, ct);
            if (status.Ready)
            {
                status.Save(instance);
                return status;
            }

            foreach (var process in Roles().Where(process => process.Pid is null)) throw Ended(process);
            if (watch.Elapsed > ReadyMax) throw Ended(instance.Server);
            await Task.Delay(50, ct);
        }
    }

    /// <summary>Until Ctrl-C or SIGTERM: whatever ends is started again, after a wait that grows.</summary>
    public async Task WatchAsync(CancellationToken ct)
    {
        Process.Remember(Environment.ProcessId);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var wait = RestartMin;
        var since = Stopwatch.StartNew();
        try
        {
            while (await tick.WaitForNextTickAsync(ct))
            {
                if (Missing() is not { } missing) continue;

                wait = since.Elapsed > 2 * RestartMax ? RestartMin : wait;
                Console.WriteLine($"{missing} ended; starting it again in {wait.TotalSeconds:0} s.");
                await Task.Delay(wait, ct);
                wait = wait * 2 < RestartMax ? wait * 2 : RestartMax;
                since.Restart();
                await StartAsync(ct);
                Console.WriteLine($"{missing} runs again.");
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C: the caller stops everything.
        }
        finally
        {
            Process.Forget();
        }
    }

    /// <summary>Stops all of the instance, the service first. True when something was running.</summary>
    public async Task<bool> StopAsync()
    {
        var stopped = await instance.Server.StopAsync(default);
        stopped |= await instance.Devnet.StopAsync(default);
        if (OwnsPostgres && EmbeddedPostgres.Running(instance.Data) is { } postgres)
        {
            await postgres.StopAsync(default);
            stopped = true;
        }

        return stopped;
    }

    /// <summary>After a start that failed: stops what it started, and leaves what it found.</summary>
    public async Task StopStartedAsync()
    {
        foreach (var undo in Enumerable.Reverse(_undo)) await undo(default);
    }

    /// <summary>How to connect: as the service's role, and as the owner, where that is another.</summary>
    async Task<(string Service, string? Owner)> StartPostgresAsync(CancellationToken ct)
    {
        if (!OwnsPostgres)
        {
            return (Environment.GetEnvironmentVariable(PostgresVariable)!,
                Environment.GetEnvironmentVariable(OwnerVariable));
        }

        try
        {
            Say("PostgreSQL");
            var postgres = await EmbeddedPostgres.StartAsync(instance.Data, settings: null, ct);
            if (!postgres.Adopted) _undo.Add(postgres.StopAsync);
            return (postgres.ServiceConnectionString, postgres.ConnectionString);
        }
        catch (PostgresStartException e)
        {
            throw new ProblemException(ServerProblems.DoesNotStart with { Detail = e.Message });
        }
    }

    void StartRole(RoleProcess process, string role, string connection, string? owner)
    {
        if (process.Pid is not null) return;

        Say(process.Name);
        Dictionary<string, string> environment = new()
        {
            ["Server__Network"] = instance.Network,
            ["Server__Data"] = instance.Data,
            ["Server__PortBase"] = instance.Ports.Base.ToString(CultureInfo.InvariantCulture),
            ["Devnet__RelayPort"] = instance.Ports.Relay.ToString(CultureInfo.InvariantCulture),
            ["Devnet__MintPort"] = instance.Ports.Mint.ToString(CultureInfo.InvariantCulture),
            ["Devnet__FaucetPort"] = instance.Ports.Faucet.ToString(CultureInfo.InvariantCulture),
            ["Devnet__Data"] = instance.Data,
            ["RelayWorkers__DevnetRelay"] = instance.IsDevnet ? $"ws://127.0.0.1:{instance.Ports.Relay}" : "",
            ["DOTNET_gcServer"] = "0",
            [PostgresVariable] = connection,
            [OwnerVariable] = owner ?? "",
        };
        if (instance.IsDevnet)
        {
            // The relay is our own and on this machine: nobody is spared by waiting.
            environment["RelayWorkers__RedialMax"] = "00:00:02";
            environment["Escrow__PublicUrl"] = $"http://127.0.0.1:{instance.Ports.Api}";
            environment["Lnurl__PublicUrl"] = $"http://127.0.0.1:{instance.Ports.Api}";
            environment["Dvm__StorefrontUrl"] = $"http://{{npub}}.localhost:{instance.Ports.Gateway}/";
            environment["Cashu__Mints__0"] = Said("Cashu__Mints__0") ?? $"http://127.0.0.1:{instance.Ports.Mint}";
            environment["Cashu__PollInterval"] = Said("Cashu__PollInterval") ?? "00:00:00.250";
            environment["Cashu__DoubtTime"] = Said("Cashu__DoubtTime") ?? "00:00:05";
            foreach (var (i, endpoint) in instance.Ports.DevnetEndpoints.Index())
            {
                environment[$"Fetch__AllowedEndpoints__{i}"] = endpoint;
            }

            foreach (var (i, blossom) in instance.Ports.Blossoms.Index())
            {
                environment[$"BlossomClient__Servers__{i}"] = blossom;
            }
        }

        process.Start(role, environment);
        _undo.Add(ct => process.StopAsync(ct));
    }

    /// <summary>What whoever starts it says of it counts more than what suits a devnet.</summary>
    static string? Said(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    string? Missing() =>
        Roles().FirstOrDefault(process => process.Pid is null)?.Name
        ?? (OwnsPostgres && EmbeddedPostgres.Running(instance.Data) is null ? "PostgreSQL" : null);

    IEnumerable<RoleProcess> Roles() => instance.IsDevnet ? [instance.Devnet, instance.Server] : [instance.Server];

    static ProblemException Ended(RoleProcess process)
    {
        var tail = File.Exists(process.LogFile) ? string.Join('\n', File.ReadLines(process.LogFile).TakeLast(8)) : "";
        return new(ServerProblems.DoesNotStart with
        {
            Detail = $"{process.Name}; {process.LogFile} ends with:\n{tail}",
        });
    }

    static void Say(string what) => Console.Error.WriteLine($"starting {what}");

    internal const string PostgresVariable = "ConnectionStrings__Postgres";

    const string OwnerVariable = "ConnectionStrings__PostgresOwner";
}
