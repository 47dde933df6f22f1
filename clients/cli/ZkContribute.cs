using System.CommandLine;
using PoA.Nostr.Zk.Ceremony;

namespace PoA.Nostr.Cli;

/// <summary>poa zk contribute: one step of the ceremony.</summary>
static class ZkContribute
{
    public static Command Create()
    {
        var input = new Argument<string>("KEY") { Description = "The key as the previous contributor left it." };
        var output = ZkCommand.Required("--out", "Where the new .zkey goes; its .vk.json goes beside it.");
        var name = ZkCommand.Required("--name", "Who contributes: up to 64 bytes, stored in the key.");
        var beacon = ZkCommand.Optional("--beacon", "A public value nobody could foresee, in hex: it comes last.");
        var exponent = new Option<int>("--beacon-exponent")
        {
            Description = "The beacon is hashed 2^this times, 10 to 22.",
            DefaultValueFactory = _ => 10,
        };
        var command = new Command("contribute", """
            Multiplies a secret into a key and forgets it. One honest contributor makes the key safe.

            Examples:
              poa zk contribute inclusion_0.zkey --name "first witness" --out inclusion_1.zkey
              poa zk contribute inclusion_3.zkey --name "block 1000000" --beacon 0000…5ec2 --out inclusion.zkey
            """) { input, output, name, beacon, exponent };
        command.SetAction(parsed =>
        {
            var (key, _) = ZkCommand.ReadKey(parsed.GetRequiredValue(input));
            ZkCommand.Progress("Multiplying C and H");
            var who = parsed.GetRequiredValue(name);
            var contributed = ZkCommand.Reading(() => parsed.GetValue(beacon) is { } hex
                ? Phase2.Finish(key, who, new(Bytes(hex), parsed.GetValue(exponent)))
                : Phase2.Contribute(key, who));
            var path = parsed.GetRequiredValue(output);
            ZkSetup.WriteVerifyingKey(path, contributed);
            var hash = Convert.ToHexStringLower(contributed.Contributions[^1].Hash());
            return ZkSetup.Finish(parsed, path, contributed, $"Your contribution, to publish and sign: {hash}");
        });
        return command;
    }

    static byte[] Bytes(string hex)
    {
        try
        {
            return Convert.FromHexString(hex);
        }
        catch (FormatException)
        {
            throw new ProblemException(ZkProblems.BadInput with { Detail = "--beacon is no hex." });
        }
    }
}
