using System.Diagnostics;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Server;

/// <summary>
/// The launcher on machines that lack something. What it asks of the machine it asks by commands (ls, ldconfig, id,
/// apt-get), so a folder of commands that say so, first on the path, is such a machine.
/// </summary>
[Suite("whole")]
public sealed class LauncherTests : IDisposable
{
    const string Packages = "libsecp256k1-1 libsodium23 postgresql";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly TemporaryFolder _machine = new();

    [Fact]
    public async Task A_user_who_is_not_root_gets_the_one_line_and_exit_code_12()
    {
        Lacks("id", "echo 1000");

        var (code, said) = await RunAsync("up", "--help");

        Assert.Equal(12, code);
        Assert.Equal(
            ["Missing on this machine. Install with:", $"  sudo apt-get install -y {Packages}"],
            Lines(said));
        Assert.False(File.Exists(Installed));
    }

    [Fact]
    public async Task Root_gets_it_installed_and_a_mirror_that_fails_twice_is_asked_again()
    {
        Lacks("id", "echo 0");
        Command("apt-get", $"""
            case "$*" in
            *update*) echo x >>{Tries}; [ $(wc -l <{Tries}) -gt 2 ] ;;
            *) echo "$*" >{Installed} ;;
            esac
            """);

        var (code, said) = await RunAsync("up", "--help");

        Assert.Equal(0, code);
        Assert.Equal(
            [
                $"installing {Packages}", "apt-get failed (try 1 of 3)",
                "apt-get failed (try 2 of 3)",
            ],
            Lines(said).Take(3));
        var installed = await File.ReadAllTextAsync(Installed, Ct);
        Assert.EndsWith($"--no-install-recommends {Packages}\n", installed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_installing_fails_the_line_to_type_is_said()
    {
        Lacks("id", "echo 0");
        Command("apt-get", "exit 100");

        var (code, said) = await RunAsync("test");

        Assert.Equal(12, code);
        Assert.Equal(
            $"Installing failed. By hand:  apt-get update && apt-get install -y {Packages}",
            Lines(said)[^1]);
    }

    public void Dispose() => _machine.Dispose();

    string Tries => _machine["tries"];
    string Installed => _machine["installed"];

    /// <summary>Nothing that the house needs is there, and <paramref name="name"/> answers as said.</summary>
    void Lacks(string name, string answer)
    {
        Command(name, answer);
        Command("ldconfig", "exit 0");
        Command("ls", "exit 2");
        Command("apt-cache", "exit 100");
        Command("apt-get", $"echo \"$*\" >{Installed}");
    }

    void Command(string name, string body)
    {
        File.WriteAllText(_machine[name], $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(_machine[name], (UnixFileMode)0b111_101_101);
    }

    async Task<(int Code, string Said)> RunAsync(params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "poa"), args)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var folders = start.Environment["PATH"]!.Split(':').Where(folder => !File.Exists($"{folder}/postgres"));
        start.Environment["PATH"] = string.Join(':', folders.Prepend(_machine.Path));
        using var launcher = Process.Start(start)!;
        var output = launcher.StandardOutput.ReadToEndAsync(Ct);
        var errors = launcher.StandardError.ReadToEndAsync(Ct);
        await launcher.WaitForExitAsync(Ct);
        return (launcher.ExitCode, await errors + await output);
    }

    static string[] Lines(string said) => said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
