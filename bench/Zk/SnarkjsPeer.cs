using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Bench.Zk;

/// <summary>snarkjs, as tests/interop installs it, on the same proof in the same run.</summary>
static class SnarkjsPeer
{
    /// <summary>Its least time for one verification in milliseconds; null where it is not installed.</summary>
    public static async Task<double?> VerifyAsync(VerifyingKey key, Proof proof, Fr[] signals)
    {
        var root = Root();
        var modules = Path.Combine(root, "tests", "interop", "node_modules");
        if (!Directory.Exists(Path.Combine(modules, "snarkjs")))
        {
            Console.WriteLine("  snarkjs is not installed: `npm ci` in tests/interop");
            return null;
        }

        var file = Path.Combine(Path.GetTempPath(), $"poa-bench-{Guid.NewGuid():N}.json");
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(Document(key, proof, signals)));
            var script = Path.Combine(root, "bench", "Zk", "snarkjs-verify.mjs");
            using var node = Process.Start(new ProcessStartInfo("node", [script, modules, file])
            {
                RedirectStandardOutput = true,
            })!;
            var output = await node.StandardOutput.ReadToEndAsync();
            await node.WaitForExitAsync();
            return node.ExitCode == 0 ? double.Parse(output, CultureInfo.InvariantCulture) : null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    static object Document(VerifyingKey key, in Proof proof, Fr[] signals) => new
    {
        vk = new
        {
            protocol = "groth16",
            curve = "bn128",
            nPublic = key.PublicCount,
            vk_alpha_1 = Point(key.Points.Alpha),
            vk_beta_2 = Point(key.Points.Beta),
            vk_gamma_2 = Point(key.Points.Gamma),
            vk_delta_2 = Point(key.Points.Delta),
            IC = key.Points.Ic.Select(point => Point(point)).ToArray(),
        },
        signals = signals.Select(signal => signal.ToString()).ToArray(),
        proof = new
        {
            pi_a = Point(proof.A),
            pi_b = Point(proof.B),
            pi_c = Point(proof.C),
            protocol = "groth16",
            curve = "bn128",
        },
    };

    static string[] Point(in G1Affine point) => [point.X.ToString(), point.Y.ToString(), "1"];

    static string[][] Point(in G2Affine point) =>
    [
        [point.X.C0.ToString(), point.X.C1.ToString()], [point.Y.C0.ToString(), point.Y.C1.ToString()], ["1", "0"],
    ];

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
