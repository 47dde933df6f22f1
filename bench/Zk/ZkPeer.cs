using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Bench.Zk;

/// <summary>Milliseconds: the least and the middle of the rounds.</summary>
sealed record Spent(double Min, double Median);

/// <summary>What snarkjs took for one circuit, and the key and witness of circom that it took them for.</summary>
sealed record PeerProofs(
    double Cold, Spent Prove, Spent Calculate, Spent Verify, double PeakMb, CeremonyKey Key, Fr[] Witness);

/// <summary>
/// circom (-O2), snarkjs and circomlibjs as tests/interop installs them, each in a process of its own.
/// </summary>
static class ZkPeer
{
    static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    static string Interop { get; } = Path.Combine(Root(), "tests", "interop");

    static string Modules => Path.Combine(Interop, "node_modules");

    public static bool IsInstalled => Directory.Exists(Path.Combine(Modules, "snarkjs"));

    /// <summary>
    /// Compiles the circom source of the same name, makes a key for it, and has snarkjs prove the same input.
    /// </summary>
    public static async Task<PeerProofs> ProveAsync<TInput>(string name, TInput input, int proofs)
    {
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        string At(string file) => Path.Combine(folder, file);
        try
        {
            var json = JsonSerializer.SerializeToNode(input, CircuitJson.Default.GetTypeInfo(typeof(TInput))!)!;
            await File.WriteAllTextAsync(At("input.json"), json.ToJsonString());
            object[] questions =
            [
                new { op = "compile", name, to = folder },
                new { op = "calculate", input = json, wasm = At($"{name}_js/{name}.wasm"), wtns = At("witness.wtns") },
            ];
            await NodeAsync(
                [Path.Combine(Interop, "zk.mjs")],
                string.Concat(questions.Select(question => JsonSerializer.Serialize(question) + "\n")));
            var key = DevelopmentKey.Make(R1csFile.Read(await File.ReadAllBytesAsync(At($"{name}.r1cs"))));
            await File.WriteAllBytesAsync(At("key.zkey"), ZkeyFile.Write(key));
            var witness = WtnsFile.Read(await File.ReadAllBytesAsync(At("witness.wtns")));
            var answer = await MeasureAsync(folder, name, $"{proofs}");
            return new(
                answer["cold"]!.GetValue<double>(), Read(answer, "prove"), Read(answer, "calculate"),
                Read(answer, "verify"), answer["peakMb"]!.GetValue<double>(), key, witness);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One hash of two elements by circomlibjs, on one core.</summary>
    public static async Task<Spent> HashAsync() => Read(await MeasureAsync("hash"), "hash");

    static async Task<JsonNode> MeasureAsync(params string[] args) => JsonNode.Parse(
        await NodeAsync([Path.Combine(Root(), "bench", "Zk", "peer.mjs"), Modules, .. args], ""))!;

    static Spent Read(JsonNode answer, string name) => answer[name].Deserialize<Spent>(CamelCase)!;

    static async Task<string> NodeAsync(string[] args, string stdin)
    {
        using var node = Process.Start(new ProcessStartInfo("node", args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await node.StandardInput.WriteAsync(stdin);
        node.StandardInput.Close();
        var output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        return node.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"node {args[0]} ended with {node.ExitCode}.");
    }

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
