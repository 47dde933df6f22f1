using System.CommandLine;
using PoA.Nostr.Zk.Ceremony;

namespace PoA.Nostr.Cli;

/// <summary>poa zk verify-setup: repeats a ceremony's public part and compares.</summary>
static class ZkVerifySetup
{
    public static Command Create()
    {
        var circuit = ZkCommand.CircuitArgument();
        var key = ZkCommand.Required("--key", "The .zkey in question.");
        var phase1 = ZkCommand.Required("--ptau", "Phase 1: the .ptau file that it began with.");
        var hash = ZkCommand.Optional("--ptau-hash", "Its BLAKE2b-512, if it is none of the public ceremony.");
        var command = new Command("verify-setup", """
            Computes the initial key of a circuit again, and follows every contribution from there to the key.

            Example:
              poa zk verify-setup inclusion --key inclusion.zkey --ptau powersOfTau28_hez_final_14.ptau
            """) { circuit, key, phase1, hash };
        command.SetAction(parsed =>
        {
            var chosen = ZkCommand.CircuitNamed(parsed.GetRequiredValue(circuit));
            var (given, sha) = ZkCommand.ReadKey(parsed.GetRequiredValue(key));
            if (Phase2.RefuseChain(given) is { } early) throw Refused(early);

            var powers = ZkCommand.ReadPhase1(parsed.GetRequiredValue(phase1), parsed.GetValue(hash));
            var initial = ZkCommand.Reading(
                () => InitialKey.Make(chosen.Shape, powers, new Progress<string>(ZkCommand.Progress)));
            ZkCommand.Progress("Following the contributions");
            if (Phase2.Refuse(initial, given) is { } reason) throw Refused(reason);

            var steps = given.Contributions.Select((step, i) => new
            {
                number = i + 1,
                name = step.Name,
                beacon = step.Beacon is not null,
                hash = Convert.ToHexStringLower(step.Hash()),
            }).ToArray();
            return ZkCommand.Answer(
                parsed, new { valid = true, circuit = chosen.Name, sha256 = sha, contributions = steps },
                [
                    $"The key is the one of {chosen.Name} after {steps.Length} contributions. SHA-256 {sha}",
                    .. steps.Select(
                        step => $"{step.number}. {step.name}{(step.beacon ? " (beacon)" : "")} {step.hash}"),
                ]);
        });
        return command;
    }

    static ProblemException Refused(string reason) => new(ZkProblems.SetupRefused with { Detail = reason });
}
