using System.Reflection;

namespace PoA.Nostr.Server;

/// <summary>The projects that keep tables, lower floors first: the order of migrations.</summary>
public static class Floors
{
    public static IReadOnlyList<Assembly> WithSchema { get; } =
    [
        .. new[] { "Ledger", "Payments", "Market", "RelayWorkers", "Dvm", "Blossom", "Nsite" }
            .Select(name => Assembly.Load($"PoA.Nostr.{name}")),
    ];

    /// <summary>Schemas that only their own functions write.</summary>
    public static IReadOnlyList<string> Guarded { get; } = ["ledger"];
}
