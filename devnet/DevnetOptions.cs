using System.ComponentModel.DataAnnotations;

namespace PoA.Nostr.Devnet;

/// <summary>Where the devnet listens. Everything is on loopback.</summary>
public sealed class DevnetOptions
{
    public const string Section = "Devnet";

    /// <summary>The relay's port.</summary>
    [Range(1, 65_535)]
    public int RelayPort { get; set; } = 7777;

    /// <summary>The Cashu mint's port.</summary>
    [Range(1, 65_535)]
    public int MintPort { get; set; } = 7783;

    /// <summary>The faucet's port.</summary>
    [Range(1, 65_535)]
    public int FaucetPort { get; set; } = 7786;

    /// <summary>The folder of all that the devnet keeps.</summary>
    [Required]
    public string Data { get; set; } = "data/devnet";

    /// <summary>Whether a first start fills the relay with generated people and their events.</summary>
    public bool World { get; set; } = true;
}
