using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Server;

namespace PoA.Nostr.Tests.Support;

/// <summary>
/// The whole thing as a user has it: PostgreSQL, devnet and service in processes of their own, on a data folder and
/// ports of its own. <c>IClassFixture&lt;Poa&gt;</c> starts one for a class; anything may be killed and started again.
/// </summary>
public sealed class Poa : IAsyncLifetime
{
    const string FolderPrefix = "poa-whole-";

    static readonly Lazy<Task> OrphansRemoved = new(RemoveOrphansAsync);
    static int _instances;

    string[] _killed = [];
    Dictionary<string, string> _environment = [];

    public string Data { get; } = Directory.CreateTempSubdirectory($"{FolderPrefix}{Environment.ProcessId}-").FullName;

    /// <summary>Where <c>relays.json</c> lies.</summary>
    public string Home { get; init; } = Repository.Root;

    /// <summary>
    /// Settings of the service on top of its defaults, as in the environment: <c>Market__Lease</c>. Work is free,
    /// except where a test is about money.
    /// </summary>
    public Dictionary<string, string> Settings { get; } = new()
    {
        ["Market__Prices__5000"] = "0",
        ["Market__Prices__5001"] = "0",
    };

    /// <summary>As <c>status --json</c> says; read again by <see cref="UpAsync"/>.</summary>
    public Status Status { get; private set; } = null!;

    public Uri Relay => new(Status.Relay!);

    public Instance Instance => Instance.Find(Data)!;

    /// <summary>The service's own database.</summary>
    public NpgsqlDataSource Db { get; private set; } = null!;

    /// <summary>Blocks that no other instance of this run begins with; a taken one makes the start move on.</summary>
    public int PortBase { get; } = 10_000
        + (20 * (((Environment.ProcessId * 13) + Interlocked.Increment(ref _instances)) % 1_000));

    public async ValueTask InitializeAsync()
    {
        await OrphansRemoved.Value;
        File.SetUnixFileMode(Data, File.GetUnixFileMode(Data) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        await UpAsync();
        Db = NpgsqlDataSource.Create(EmbeddedPostgres.Running(Data)!.ConnectionString);
    }

    /// <summary>Starts what does not run and waits until all is ready.</summary>
    public async Task UpAsync()
    {
        var start = StartOf(
            "up", "--detach", "--data", Data, "--port-base", PortBase.ToString(CultureInfo.InvariantCulture));
        start.Environment["POA_HOME"] = Home;
        foreach (var (name, value) in Settings) start.Environment[name] = value;
        var (code, output) = await RunAsync(start);
        Assert.True(code == 0, output);
        Status = Parse(await File.ReadAllTextAsync(Path.Combine(Instance.Run, "status.json")));
    }

    public async Task<Status> ReadStatusAsync()
    {
        var (_, output) = await RunAsync("status", "--json", "--data", Data);
        return Parse(output);
    }

    static Status Parse(string json) => JsonSerializer.Deserialize<Status>(json, Wire)!;

    /// <summary>"server", "devnet" or "postgres"; null when it does not run.</summary>
    public int? Pid(string process) => process switch
    {
        "server" => Instance.Server.Pid,
        "devnet" => Instance.Devnet.Pid,
        _ => EmbeddedPostgres.Running(Data)?.Pid,
    };

    /// <summary>
    /// The service again as it was started before it was killed. Returns at once: it is not ready then.
    /// </summary>
    public void StartAgain()
    {
        var service = Instance.Server;
        using var started = Daemon.Start(_killed[0], _killed[1..], service.LogFile, environment: _environment);
        service.Remember(started.Id);
    }

    /// <summary>What the service said last.</summary>
    public string LogTail() => string.Join('\n', File.ReadLines(Instance.Server.LogFile).TakeLast(40));

    /// <summary>Kill −9, and waits until it is gone.</summary>
    public async Task KillAsync(string process)
    {
        var pid = Pid(process) ?? throw new InvalidOperationException($"{process} does not run.");
        if (process == "server")
        {
            _killed = [.. Daemon.CommandLine(pid).Where(arg => arg.Length > 0)];
            _environment = File.ReadAllText($"/proc/{pid}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        }

        Daemon.Kill(pid);
        Assert.True(await Daemon.EndedAsync(pid, TimeSpan.FromSeconds(10), default));
    }

    /// <summary>Runs a verb of the server as a user would; its exit code and all it printed.</summary>
    public static Task<(int Code, string Output)> RunAsync(params string[] args) => RunAsync(StartOf(args));

    public static async Task<(int Code, string Output)> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + (process.ExitCode == 0 ? "" : await errors));
    }

    public static ProcessStartInfo StartOf(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [ServerProgram, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment["POA_HOME"] = Repository.Root;
        start.Environment.Remove("ConnectionStrings__Postgres");
        return start;
    }

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        var (code, output) = await RunAsync("down", "--data", Data);
        Assert.True(code == 0, output);
        Directory.Delete(Data, recursive: true);
    }

    /// <summary>What runs of this suite that were killed left behind.</summary>
    static async Task RemoveOrphansAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            var owner = int.Parse(Path.GetFileName(folder).Split('-')[2], CultureInfo.InvariantCulture);
            if (Daemon.IsAlive(owner)) continue;

            await RunAsync("down", "--data", folder);
            TemporaryFolder.DeleteLeftover(folder);
        }
    }

    static readonly JsonSerializerOptions Wire = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    static string ServerProgram => Path.Combine(Repository.Root, "artifacts/bin/Server/release/PoA.Nostr.Server.dll");
}
