using System.Text;
using System.Text.Json;
using PoA.Nostr.Tests.Support;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Tests.Interop;

/// <summary>snarkjs, circomlibjs, circom and zk-kit in a process of their own: questions out, their answers
/// back.</summary>
static class ZkPeer
{
    static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(6);

    public static async Task<IReadOnlyList<JsonElement>> AskAsync(params object[] questions) =>
        await Node.RunAsync(
            "zk.mjs", stdin: string.Concat(questions.Select(question => JsonSerializer.Serialize(question) + "\n")),
            limit: TimeMax, ct: TestContext.Current.CancellationToken);

    /// <summary>A proof as snarkjs takes it: vk.json, proof.json, public.json.</summary>
    public static void Write(TemporaryFolder folder, CeremonyKey key, in Proof proof, Fr[] witness)
    {
        Assert.Equal(KeyDefect.None, VerifyingKey.TryCreate(key.Points.Verifying, out var verifying));
        var signals = witness.AsSpan(1, key.Points.PublicCount);
        File.WriteAllBytes(folder["vk.json"], SnarkJson.Write(verifying!, key.IsDevelopment));
        File.WriteAllBytes(folder["proof.json"], SnarkJson.Write(proof));
        File.WriteAllBytes(folder["public.json"], SnarkJson.WriteSignals(signals));
    }

    /// <summary>The two files that a constraint system and its witness are for snarkjs.</summary>
    public static async Task WriteAsync(TemporaryFolder folder, ConstraintSystem system, Fr[] witness)
    {
        var ct = TestContext.Current.CancellationToken;
        await File.WriteAllBytesAsync(folder["c.r1cs"], R1csFile.Write(system), ct);
        await File.WriteAllBytesAsync(folder["c.wtns"], WtnsFile.Write(witness), ct);
    }

    /// <summary>A part of an answer as the file that it would be.</summary>
    public static byte[] Part(this JsonElement answer, string name) =>
        Encoding.UTF8.GetBytes(answer.GetProperty(name).GetRawText());

    public static object Verify(TemporaryFolder folder, string name = "", string? key = null) => new
    {
        op = "verify",
        vk = folder[key ?? $"{name}vk.json"],
        signals = folder[$"{name}public.json"],
        proof = folder[$"{name}proof.json"],
    };
}
