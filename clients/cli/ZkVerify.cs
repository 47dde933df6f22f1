using System.CommandLine;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Cli;

/// <summary>poa zk verify: one verdict on a proof of ours, of snarkjs or of rapidsnark.</summary>
static class ZkVerify
{
    public static Command Create()
    {
        var key = ZkCommand.Required("--vk", "verification_key.json: of the issuer, never of the prover.");
        var proof = ZkCommand.Required("--proof", "proof.json");
        var signals = ZkCommand.Required("--public", "public.json");
        var circuit = ZkCommand.Optional("--circuit", "Also refuse signals that this circuit cannot mean.");
        var hash = ZkCommand.Optional("--vk-hash", "The SHA-256 that the verifying key must have.");
        var production = new Option<bool>("--production") { Description = "Refuse development keys; needs --vk-hash." };
        var command = new Command("verify", """
            Verifies a proof. Exit code 0: it holds; 12: a file is malformed; 16: the proof or the key is refused.

            Example:
              poa zk verify --vk verification_key.json --proof proof.json --public public.json --circuit tier
            """) { key, proof, signals, circuit, hash, production };
        command.SetAction(parsed =>
        {
            var read = ZkCommand.Reading(() => SnarkJson.ReadKey(ZkCommand.ReadSmall(parsed.GetRequiredValue(key))));
            var numbers = ZkCommand.Reading(
                () => SnarkJson.ReadSignals(ZkCommand.ReadSmall(parsed.GetRequiredValue(signals))));
            var given = ZkCommand.Reading(
                () => SnarkJson.ReadProof(ZkCommand.ReadSmall(parsed.GetRequiredValue(proof))));
            RequirePinned(read, parsed.GetValue(hash), parsed.GetValue(production));
            if (parsed.GetValue(circuit) is { } name && ZkCommand.CircuitNamed(name).Refuse(numbers) is { } reason)
            {
                throw new ProblemException(ZkProblems.ProofRefused with { Detail = reason });
            }

            var verdict = Verifier.Verify(read.Key, given, numbers, Arithmetic.Scalar);
            if (verdict != Verdict.Accepted)
            {
                throw new ProblemException(ZkProblems.ProofRefused with { Detail = verdict.Sentence() });
            }

            var sha = Convert.ToHexStringLower(read.Key.Hash.Span);
            return ZkCommand.Answer(
                parsed, new { valid = true, vkHash = sha, development = read.IsDevelopment },
                "The proof holds.", $"Verifying key {sha}{(read.IsDevelopment ? ", INSECURE development key" : "")}");
        });
        return command;
    }

    static void RequirePinned(in SnarkKey key, string? pinned, bool production)
    {
        if (production && key.IsDevelopment) throw new ProblemException(ZkProblems.DevelopmentKey);
        if (production && pinned is null)
        {
            throw new ProblemException(ZkProblems.WrongKey with { Detail = "--production needs --vk-hash." });
        }

        var hash = Convert.ToHexStringLower(key.Key.Hash.Span);
        if (pinned is not null && !hash.Equals(pinned, StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(ZkProblems.WrongKey with { Detail = $"It has the hash {hash}." });
        }
    }
}
