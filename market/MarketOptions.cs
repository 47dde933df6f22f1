using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Market;

/// <summary>What an operator may set for the market. The defaults work on a laptop.</summary>
public sealed class MarketOptions
{
    /// <summary>64 hex digits; wraps the data keys of all agents. From the environment or a file.</summary>
    public string? MasterKey { get; set; }

    /// <summary>Public key of the account that owns the template agents. Without it each owns itself.</summary>
    public string? Operator { get; set; }

    /// <summary>Capabilities and their request kinds, on top of the eleven defaults.</summary>
    public Dictionary<string, int> Capabilities { get; } = [];

    /// <summary>
    /// What template agents ask for a kind of job, in sat, where it is not what comes with the kind: read when an agent
    /// begins to sell it.
    /// </summary>
    public Dictionary<string, long> Prices { get; } = [];

    /// <summary>Jobs that this process works on at once.</summary>
    [Range(1, 1_000)]
    public int JobsAtOnceMax { get; set; } = 32;

    /// <summary>Jobs that this process may have taken on and not finished.</summary>
    [Range(1, 1_000_000)]
    public int JobsTakenMax { get; set; } = 2_000;

    /// <summary>How often a job is begun before it has failed.</summary>
    [Range(1, 100)]
    public int AttemptsMax { get; set; } = 3;

    /// <summary>How long a job is ours without word from us: after a crash it waits so long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Intermediate results that one job may publish.</summary>
    [Range(0, 1_000)]
    public int PartialsMax { get; set; } = 16;
}

[OptionsValidator]
sealed partial class MarketOptionsValidator : IValidateOptions<MarketOptions>;
