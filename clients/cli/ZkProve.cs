using System.CommandLine;
using System.Diagnostics;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Cli;

/// <summary>poa zk prove: an input in, a proof out.</summary>
static class ZkProve
{
    public static Command Create()
    {
        var circuit = ZkCommand.CircuitArgument();
        var input = ZkCommand.Required("--input", "The input: snake_case JSON, numbers as decimal strings.");
        var key = ZkCommand.Optional("--key", "The .zkey; without it a development key under data/zk.");
        var hash = ZkCommand.Optional("--key-hash", "The SHA-256 that the .zkey must have.");
        var tables = ZkCommand.Optional(
            "--tables", "A folder that keeps multiples of the key's points between proofs, by the key's SHA-256.");
        var folder = new Option<string>("--out")
        {
            Description = "Where proof.json, public.json and verification_key.json go.",
            DefaultValueFactory = _ => ".",
        };
        var production = new Option<bool>("--production")
        {
            Description = "Refuse development keys; needs --key-hash.",
        };
        var command = new Command("prove", """
            Proves a statement. Nothing of the input leaves this machine but the public signals.

            Example:
              poa zk prove reputation-range --input range.json --key range.zkey --out proofs
            """) { circuit, input, key, hash, tables, folder, production };
        command.SetAction(parsed =>
        {
            var chosen = ZkCommand.CircuitNamed(parsed.GetRequiredValue(circuit));
            var json = ZkCommand.ReadSmall(parsed.GetRequiredValue(input));
            var (witness, refusal) = chosen.Assign(json);
            if (witness is null) throw new ProblemException(ZkProblems.BadInput with { Detail = refusal });

            var signals = witness[1..(chosen.Shape.PublicCount + 1)];
            if (chosen.Refuse(signals) is { } reason)
            {
                throw new ProblemException(ZkProblems.BadInput with { Detail = reason });
            }

            var pinned = parsed.GetValue(hash);
            var proving = KeyFor(chosen, parsed.GetValue(key), pinned, parsed.GetValue(production));
            var prover = ProverFor(proving, parsed.GetValue(tables));
            return Prove(parsed, chosen, proving.Key, prover, witness, parsed.GetRequiredValue(folder));
        });
        return command;
    }

    static (CeremonyKey Key, string Hash) KeyFor(Circuit circuit, string? path, string? pinned, bool production)
    {
        if (production && pinned is null)
        {
            throw new ProblemException(ZkProblems.WrongKey with { Detail = "--production needs --key-hash." });
        }

        if (path is null)
        {
            path = Path.Combine("data", "zk", $"{circuit.Name}.zkey");
            if (!File.Exists(path))
            {
                ZkCommand.Progress($"No --key: making a development key {path}, INSECURE");
                ZkCommand.Write(path, ZkeyFile.Write(DevelopmentKey.Make(circuit.Shape)));
            }
        }

        ZkCommand.Progress($"Reading {path}");
        var (key, hash) = ZkCommand.ReadKey(path);
        if (pinned is not null && !hash.Equals(pinned, StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(ZkProblems.WrongKey with { Detail = $"{path} has SHA-256 {hash}." });
        }

        if (production && Phase2.RefuseChain(key) is not null) throw new ProblemException(ZkProblems.DevelopmentKey);

        RequireOf(circuit, key);
        return (key, hash);
    }

    static void RequireOf(Circuit circuit, CeremonyKey key)
    {
        if (key.Points.WireCount != circuit.Shape.WireCount || key.Points.PublicCount != circuit.Shape.PublicCount)
        {
            throw new ProblemException(ZkProblems.WrongKey with { Detail = $"It is no key of {circuit.Name}." });
        }
    }

    static Prover ProverFor((CeremonyKey Key, string Hash) key, string? folder)
    {
        if (folder is null) return new(key.Key.Points);

        ZkCommand.Progress($"Tables of the key in {folder}");
        return ZkCommand.Reading(() =>
        {
            Directory.CreateDirectory(folder);
            return Prover.WithTables(
                key.Key.Points, Convert.FromHexString(key.Hash), Path.Combine(folder, $"{key.Hash}.tables"));
        });
    }

    static int Prove(
        ParseResult parsed, Circuit circuit, CeremonyKey key, Prover prover, Fr[] witness, string folder)
    {
        var shape = circuit.Shape;
        var defect = VerifyingKey.TryCreate(key.Points.Verifying, out var verifying);
        if (verifying is null) throw new ProblemException(ZkProblems.WrongKey with { Detail = defect.Sentence() });

        ZkCommand.Progress("Proving");
        var started = Stopwatch.GetTimestamp();
        var proof = prover.Prove(witness);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var signals = witness.AsSpan(1, shape.PublicCount);
        if (Verifier.Verify(verifying, proof, signals, Arithmetic.Scalar) != Verdict.Accepted)
        {
            throw new ProblemException(ZkProblems.WrongKey with { Detail = $"It is no key of {circuit.Name}." });
        }

        ZkCommand.Write(Path.Combine(folder, "proof.json"), SnarkJson.Write(proof));
        ZkCommand.Write(Path.Combine(folder, "public.json"), SnarkJson.WriteSignals(signals));
        ZkCommand.Write(
            Path.Combine(folder, "verification_key.json"), SnarkJson.Write(verifying, key.IsDevelopment));
        string[] texts = [.. signals.ToArray().Select(signal => signal.ToString())];
        var named = circuit.PublicSignals.Zip(texts).ToDictionary(pair => pair.First, pair => pair.Second);
        return ZkCommand.Answer(
            parsed,
            new
            {
                circuit = circuit.Name,
                folder,
                milliseconds = Math.Round(elapsed.TotalMilliseconds, 1),
                development = key.IsDevelopment,
                signals = named,
            },
            [
                $"Proved {circuit.Name} in {elapsed.TotalMilliseconds:F0} ms: {folder}/proof.json",
                .. named.Select(signal => $"  {signal.Key} = {signal.Value}"),
            ]);
    }
}
