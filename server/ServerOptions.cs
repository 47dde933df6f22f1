namespace PoA.Nostr.Server;

/// <summary>Where one process of the program stands. <c>./poa up</c> sets all of it.</summary>
public sealed class ServerOptions
{
    public const string Section = "Server";

    /// <summary>"devnet" or "mainnet"; a database serves one of them for life.</summary>
    public string Network { get; set; } = Networks.Devnet;

    /// <summary>Holds secrets.env, when there is one.</summary>
    public string Data { get; set; } = "data";

    /// <summary>The first of twenty ports; each thing that listens has its place in the block.</summary>
    public int PortBase { get; set; } = Ports.DefaultBase;
}

/// <summary>Play money and real money.</summary>
public static class Networks
{
    public const string Devnet = "devnet";
    public const string Mainnet = "mainnet";
}
