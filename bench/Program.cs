using System.Net.Sockets;
using System.Net.WebSockets;
using PoA.Nostr.Bench;
using PoA.Nostr.Bench.Blobs;
using PoA.Nostr.Bench.Events;
using PoA.Nostr.Bench.Jobs;
using PoA.Nostr.Bench.Ledger;
using PoA.Nostr.Bench.Relay;
using PoA.Nostr.Bench.Zk;

const string Usage = """
    usage: ./poa bench NAME [ARGS]

      jobs          free jobs through a running instance, or paid ones out of balances
                    [--relay URL] [--kind 5400|5302] [--rate N] [--jobs N] [--pid SERVER_PID] [--paid [--data DIR]]
                    without --rate as fast as answers come, 512 under way; --pid prints that process's memory
      ledger        transfers against pgbench with the same SQL [--seconds N] [--rounds N]
                    or the time of an audit: [--audit TRANSFERS]
      group-commit  what one commit for many callers saves
      zk            proofs against snarkjs, hashes against circomlibjs [--rounds N] [--only NAME] [--kernels]
      blobs         downloads and uploads against nginx and a bare Kestrel [--get | --put]
      gateway       a storefront's page against nginx over the same files
      relay         the devnet's relay against npm @nostr-relay [--rounds N], or its memory: relay memory [EVENTS]
      verify        events verified, against the library alone and npm's

    For example:
      ./poa up --detach && ./poa bench jobs --jobs 20000
      ./poa bench zk --rounds 5 --kernels
    """;

// One line a benchmark: its name, and the class that runs it and its peers.
Dictionary<string, Func<string[], Task<int>>> benches = new(StringComparer.Ordinal)
{
    ["verify"] = VerifyBench.RunAsync,
    ["jobs"] = JobsBench.RunAsync,
    ["ledger"] = LedgerBench.RunAsync,
    ["relay"] = RelayBench.RunAsync,
    ["blobs"] = BlobsBench.RunAsync,
    ["gateway"] = GatewayBench.RunAsync,
    ["group-commit"] = GroupCommitBench.RunAsync,
    ["zk"] = ZkBench.RunAsync,
};

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(Usage);
    return 0;
}

if (args is not [var name, ..] || !benches.TryGetValue(name, out var run))
{
    Console.Error.WriteLine(Usage);
    return 12;
}

try
{
    return await run(args[1..]);
}
catch (Exception e) when (e is WebSocketException or HttpRequestException or SocketException)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine("Is it running? ./poa up --detach starts one; --relay and --data name another.");
    return 12;
}
catch (Exception e) when (e is InvalidOperationException or IOException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    return 12;
}
