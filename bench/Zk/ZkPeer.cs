using System.Diagnostics;
using System.Text.Json;
using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Bench.Zk;

/// <summary>
/// What a peer took for one operation: milliseconds of the clock and of all cores, and its peak memory.
/// </summary>
sealed record PeerTime(double Ms, double Cpu, double Peak);

/// <summary>
/// circom (-O2), snarkjs and circomlibjs as tests/interop installs them, in a process that does one operation after
/// another as it is told.
/// </summary>
sealed class ZkPeer : IDisposable
{
    static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);
    readonly Process _node;
    readonly string? _folder;

    ZkPeer(string? folder, params string[] args)
    {
        _folder = folder;
        _node = Start([Path.Combine(Root(), "bench", "Zk", "peer.mjs"), Modules, .. args]);
    }

    public static bool IsInstalled => Directory.Exists(Path.Combine(Modules, "snarkjs"));

    static string Interop { get; } = Path.Combine(Root(), "tests", "interop");

    static string Modules => Path.Combine(Interop, "node_modules");

    public static ZkPeer ForHashes() => new(folder: null);

    /// <summary>
    /// Compiles the circom source of the same name, makes a key for it and has the peer ready to prove the same input.
    /// </summary>
    public static async Task<(ZkPeer Peer, CeremonyKey Key, Fr[] Witness)> ForProofsAsync(string name)
    {
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        string At(string file) => Path.Combine(folder, file);
        var json = Samples.CircomJson(name);
        await File.WriteAllTextAsync(At("input.json"), json.ToJsonString());
        await CompileAsync(
            new { op = "compile", name, to = folder },
            new { op = "calculate", input = json, wasm = At($"{name}_js/{name}.wasm"), wtns = At("witness.wtns") });
        var key = DevelopmentKey.Make(R1csFile.Read(await File.ReadAllBytesAsync(At($"{name}.r1cs"))));
        await File.WriteAllBytesAsync(At("key.zkey"), ZkeyFile.Write(key));
        var witness = WtnsFile.Read(await File.ReadAllBytesAsync(At("witness.wtns")));
        return (new(folder, folder, name), key, witness);
    }

    public PeerTime Do(string operation)
    {
        _node.StandardInput.WriteLine(operation);
        _node.StandardInput.Flush();
        var answer = _node.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"The peer ended instead of doing {operation}.");
        return JsonSerializer.Deserialize<PeerTime>(answer, CamelCase)!;
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        _node.WaitForExit();
        _node.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    static async Task CompileAsync(params object[] questions)
    {
        using var node = Start([Path.Combine(Interop, "zk.mjs")]);
        foreach (var question in questions)
        {
            await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(question));
        }

        node.StandardInput.Close();
        await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        if (node.ExitCode != 0) throw new InvalidOperationException($"circom ended with {node.ExitCode}.");
    }

    static Process Start(string[] args) => Process.Start(new ProcessStartInfo("node", args)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "PoA.Nostr.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
