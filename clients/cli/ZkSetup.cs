using System.CommandLine;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Cli;

/// <summary>poa zk setup: a development key, or the beginning of a ceremony.</summary>
static class ZkSetup
{
    public static Command Create()
    {
        var circuit = ZkCommand.CircuitArgument();
        var output = ZkCommand.Required("--out", "Where the .zkey goes; a development key's .vk.json goes beside it.");
        var phase1 = ZkCommand.Optional("--ptau", "Phase 1, a .ptau file. Without it: a development key.");
        var hash = ZkCommand.Optional("--ptau-hash", "Its BLAKE2b-512, if it is none of the public ceremony.");
        var command = new Command("setup", """
            Makes a proving key.

            Without --ptau: a development key at once, marked INSECURE and refused in production.
            With --ptau: the initial key of a ceremony; it proves nothing until somebody contributes.

            Examples:
              poa zk setup tier --out tier.zkey
              poa zk setup inclusion --ptau powersOfTau28_hez_final_14.ptau --out inclusion_0.zkey
            """) { circuit, output, phase1, hash };
        command.SetAction(parsed =>
        {
            var chosen = ZkCommand.CircuitNamed(parsed.GetRequiredValue(circuit));
            var path = parsed.GetRequiredValue(output);
            ZkCommand.Progress($"Drawing {chosen.Name}");
            var shape = chosen.Shape;
            if (parsed.GetValue(phase1) is { } file)
            {
                var powers = ZkCommand.ReadPhase1(file, parsed.GetValue(hash));
                var initial = ZkCommand.Reading(
                    () => InitialKey.Make(shape, powers, new Progress<string>(ZkCommand.Progress)));
                return Finish(parsed, path, initial, "The next step: poa zk contribute.");
            }

            ZkCommand.Progress("Making a development key");
            var insecure = DevelopmentKey.Make(shape);
            WriteVerifyingKey(path, insecure);
            return Finish(parsed, path, insecure, "INSECURE: for development only, refused in production.");
        });
        return command;
    }

    /// <summary>The verifying key goes beside the proving key, where verifiers would accept it.</summary>
    public static string WriteVerifyingKey(string path, CeremonyKey key)
    {
        var defect = VerifyingKey.TryCreate(key.Points.Verifying, out var verifying);
        if (verifying is null)
        {
            throw new ProblemException(ZkProblems.WrongKey with { Detail = defect.Sentence() });
        }

        var beside = Path.ChangeExtension(path, ".vk.json");
        ZkCommand.Write(beside, SnarkJson.Write(verifying, key.IsDevelopment));
        return beside;
    }

    public static int Finish(ParseResult parsed, string path, CeremonyKey key, string note)
    {
        var bytes = ZkeyFile.Write(key);
        ZkCommand.Write(path, bytes);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        var circuit = Convert.ToHexStringLower(key.CircuitHash.Span);
        return ZkCommand.Answer(
            parsed,
            new
            {
                key = path,
                sha256 = hash,
                circuitHash = circuit,
                development = key.IsDevelopment,
                contributions = key.Contributions.Length,
            },
            $"{path}: SHA-256 {hash}", $"Circuit hash {circuit}", note);
    }
}
