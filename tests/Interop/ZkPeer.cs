using System.Text.Json;
using PoA.Nostr.Tests.Support;

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

    public static object Verify(TemporaryFolder folder, string name = "", string? key = null) => new
    {
        op = "verify",
        vk = folder[key ?? $"{name}vk.json"],
        signals = folder[$"{name}public.json"],
        proof = folder[$"{name}proof.json"],
    };
}
