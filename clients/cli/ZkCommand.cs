using System.CommandLine;
using System.Text.Json;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Cli;

/// <summary>poa zk: keys, proofs and their verification, without a server.</summary>
static class ZkCommand
{
    public static Command Create()
    {
        var command = new Command("zk", $"""
            Zero-knowledge proofs about an agent's record (Groth16 over BN254, files as snarkjs has them).

            Circuits: {string.Join(", ", Circuit.All.Keys)}.
            Exit codes: 0 done or proved · 1 the command line is wrong · 12 a file, an input or a name is wrong ·
            16 the proof, the key or the setup is refused for good · 130 interrupted.
            """);
        command.Add(ZkSetup.Create());
        command.Add(ZkContribute.Create());
        command.Add(ZkVerifySetup.Create());
        command.Add(ZkProve.Create());
        command.Add(ZkVerify.Create());
        return command;
    }

    public static Argument<string> CircuitArgument() => new("CIRCUIT") { Description = "The name of a circuit." };

    public static Option<string> Required(string name, string description) =>
        new(name) { Description = description, Required = true };

    public static Option<string?> Optional(string name, string description) => new(name) { Description = description };

    public static Circuit CircuitNamed(string name) =>
        Circuit.All.TryGetValue(name, out var circuit)
            ? circuit
            : throw new ProblemException(ZkProblems.NoSuchCircuit with
            {
                Detail = $"Known are {string.Join(", ", Circuit.All.Keys)}.",
            });

    /// <summary>What the reading of a file refuses becomes one problem.</summary>
    public static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ZkFileException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(ZkProblems.BadFile with { Detail = e.Message });
        }
    }

    /// <summary>A key out of a file, with the file's SHA-256.</summary>
    public static (CeremonyKey Key, string Hash) ReadKey(string path) => Reading(() =>
    {
        using var file = new MappedFile(path);
        return (ZkeyFile.Read(file.Memory), file.Hash());
    });

    /// <summary>The file stays mapped as long as the powers are in use.</summary>
    public static PowersOfTau ReadPhase1(string path, string? hash) =>
        Reading(() => new PowersOfTau(new MappedFile(path).Memory, hash));

    /// <summary>A small file: proofs, signals, inputs, verifying keys.</summary>
    public static byte[] ReadSmall(string path) => Reading(() =>
    {
        var info = new FileInfo(path);
        if (!info.Exists) throw new ZkFileException($"There is no file {path}.");
        if (info.Length > 1 << 20) throw new ZkFileException($"{path} has more than 1 MiB.");

        return File.ReadAllBytes(path);
    });

    /// <summary>Writes beside the place and moves: nobody ever sees half a file.</summary>
    public static void Write(string path, byte[] bytes) => Reading(() =>
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var partial = $"{path}.{Environment.ProcessId}.partial";
        File.WriteAllBytes(partial, bytes);
        File.Move(partial, path, overwrite: true);
        return path;
    });

    /// <summary>The answer: a document with <c>--json</c>, else lines for a person.</summary>
    public static int Answer(ParseResult parsed, object document, params string[] lines)
    {
        if (parsed.GetValue(CommandLine.Json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(document, JsonSerializerOptions.Web));
            return 0;
        }

        foreach (var line in lines)
        {
            Console.Out.WriteLine(line);
        }

        return 0;
    }

    public static void Progress(string what) => Console.Error.WriteLine($"{what} …");
}
