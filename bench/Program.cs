using PoA.Nostr.Bench;
using PoA.Nostr.Bench.Blobs;
using PoA.Nostr.Bench.Events;
using PoA.Nostr.Bench.Jobs;
using PoA.Nostr.Bench.Ledger;
using PoA.Nostr.Bench.Relay;
using PoA.Nostr.Bench.Zk;

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

if (args is [var name, ..] && benches.TryGetValue(name, out var run)) return await run(args[1..]);

Console.Error.WriteLine($"usage: ./poa bench NAME [ARGS]\nnames: {string.Join(' ', benches.Keys)}");
return 2;
