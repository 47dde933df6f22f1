using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using PoA.Nostr.Tests.Support;
using PoA.Nostr.Tests.Zk.Ceremony;
using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Tests.Zk.Cli;

/// <summary>The command as a user runs it: a process, its streams, its exit code.</summary>
[Suite("whole")]
public sealed class ZkCommandTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_statement_is_set_up_proved_and_verified()
    {
        WriteInput(Samples.Tier());
        Assert.Equal(0, (await RunAsync("zk", "setup", "tier", "--out", "tier.zkey")).Code);
        var proved = await RunAsync(
            "zk", "prove", "tier", "--input", "input.json", "--key", "tier.zkey", "--out", "p", "--json");
        Assert.Equal(0, proved.Code);
        var answer = JsonDocument.Parse(proved.Output).RootElement;
        Assert.Equal("1000", answer.GetProperty("signals").GetProperty("settled_min").GetString());
        Assert.True(answer.GetProperty("development").GetBoolean());
        Assert.Contains("Proving", proved.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await ProveAsync("tier", "--key", "tier.zkey", "--tables", "kept")).Code);
        Assert.Equal(0, (await ProveAsync("tier", "--key", "tier.zkey", "--tables", "kept")).Code);
        using var key = new MappedFile(_folder["tier.zkey"]);
        Assert.Equal([$"{key.Hash()}.tables"], Directory.GetFiles(_folder["kept"]).Select(Path.GetFileName));

        var verified = await VerifyAsync("--json", "--circuit", "tier");
        Assert.Equal(0, verified.Code);
        Assert.True(JsonDocument.Parse(verified.Output).RootElement.GetProperty("valid").GetBoolean());
        Expect(16, "zk/development-key", await VerifyAsync("--production"));
        Expect(12, "zk/wrong-key", await VerifyAsync("--vk-hash", new string('0', 64)));
        Expect(12, "zk/no-such-circuit", await VerifyAsync("--circuit", "none"));
        Expect(16, "zk/proof-refused", await VerifyAsync("--circuit", "inclusion"));
        Change("p/public.json", signals => signals.AsArray()[2] = "1001");
        Expect(16, "zk/proof-refused", await VerifyAsync());
        Change("p/public.json", signals => signals.AsArray()[2] = "01");
        Expect(12, "zk/bad-file", await VerifyAsync());
        Change("p/proof.json", proof => proof["protocol"] = "plonk");
        Expect(12, "zk/bad-file", await VerifyAsync());
    }

    [Fact]
    public async Task A_wrong_key_file_or_input_gets_one_line_and_its_exit_code()
    {
        WriteInput(Samples.Tier(settled: 999));
        Expect(12, "zk/bad-input", await ProveAsync("tier"));
        Expect(12, "zk/no-such-circuit", await ProveAsync("nothing"));
        WriteInput(Samples.Tier());
        Expect(12, "zk/bad-input", await ProveAsync("inclusion"));
        Expect(12, "zk/bad-file", await ProveAsync("tier", "--key", "missing.zkey"));
        await File.WriteAllTextAsync(_folder["bad.zkey"], "zkey and nothing else", Ct);
        Expect(12, "zk/bad-file", await ProveAsync("tier", "--key", "bad.zkey"));
        await RunAsync("zk", "setup", "disclosure", "--out", "other.zkey");
        Expect(12, "zk/wrong-key", await ProveAsync("tier", "--key", "other.zkey"));
        Expect(12, "zk/wrong-key", await ProveAsync("tier", "--key", "other.zkey", "--production"));
        using var other = new MappedFile(_folder["other.zkey"]);
        Expect(
            16, "zk/development-key",
            await ProveAsync("tier", "--key", "other.zkey", "--production", "--key-hash", other.Hash()));
    }

    [Fact]
    public async Task A_ceremony_goes_from_phase_1_to_a_verified_key()
    {
        var ptau = TestPtau.Write(10);
        await File.WriteAllBytesAsync(_folder["p.ptau"], ptau, Ct);
        var hash = Convert.ToHexStringLower(Blake2b.Hash(ptau));
        Expect(
            12, "zk/bad-file", await RunAsync("zk", "setup", "tier", "--ptau", "p.ptau", "--out", "0.zkey", "--json"));
        string[] pinned = ["--ptau", "p.ptau", "--ptau-hash", hash];
        Assert.Equal(0, (await RunAsync(["zk", "setup", "tier", .. pinned, "--out", "0.zkey"])).Code);
        WriteInput(Samples.Tier());
        Expect(12, "zk/wrong-key", await ProveAsync("tier", "--key", "0.zkey"));
        Assert.Equal(0, (await RunAsync("zk", "contribute", "0.zkey", "--name", "a", "--out", "1.zkey")).Code);
        Assert.Equal(
            0,
            (await RunAsync("zk", "contribute", "1.zkey", "--name", "b", "--beacon", "0a0b", "--out", "2.zkey")).Code);

        var verified = await RunAsync(["zk", "verify-setup", "tier", "--key", "2.zkey", .. pinned, "--json"]);
        Assert.Equal(0, verified.Code);
        Assert.Equal(2, JsonDocument.Parse(verified.Output).RootElement.GetProperty("contributions").GetArrayLength());
        Expect(
            16, "zk/setup-refused",
            await RunAsync(["zk", "verify-setup", "reputation-range", "--key", "2.zkey", .. pinned, "--json"]));
        using var key = new MappedFile(_folder["2.zkey"]);
        var production = await ProveAsync("tier", "--key", "2.zkey", "--production", "--key-hash", key.Hash());
        Assert.Equal(0, production.Code);
    }

    [Fact]
    public async Task Help_shows_examples_and_exit_codes()
    {
        foreach (var command in new[] { "setup", "contribute", "verify-setup", "prove", "verify" })
        {
            var help = await RunAsync("zk", command, "--help");
            Assert.Equal(0, help.Code);
            Assert.Contains($"poa zk {command} ", help.Output, StringComparison.Ordinal);
        }

        Assert.Equal(1, (await RunAsync("zk", "prove", "tier")).Code);
        Assert.Contains("Exit codes", (await RunAsync("zk", "--help")).Output, StringComparison.Ordinal);
    }

    Task<Ended> VerifyAsync(params string[] more) => RunAsync(
        [
            "zk", "verify", "--vk", "p/verification_key.json", "--proof", "p/proof.json", "--public", "p/public.json",
            .. more,
        ]);

    Task<Ended> ProveAsync(string circuit, params string[] more) =>
        RunAsync(["zk", "prove", circuit, "--input", "input.json", "--out", "p", "--json", .. more]);

    static void Expect(int code, string problem, Ended ended)
    {
        Assert.Equal(code, ended.Code);
        Assert.Contains(problem, ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
    }

    void WriteInput(TierInput input) => File.WriteAllBytes(
        _folder["input.json"], JsonSerializer.SerializeToUtf8Bytes(input, CircuitJson.Default.TierInput));

    void Change(string file, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(_folder[file]))!;
        change(json);
        File.WriteAllText(_folder[file], json.ToJsonString());
    }

    async Task<Ended> RunAsync(params string[] args)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "PoA.Nostr.Cli.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. args])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(Ct);
        var errors = process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return new(process.ExitCode, await output, await errors);
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    sealed record Ended(int Code, string Output, string Errors);
}
