using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>What an operator says about ecash.</summary>
public sealed class CashuOptions
{
    public const string Section = "Cashu";

    /// <summary>
    /// URLs of the mints whose ecash we hold, best first. No other mint is contacted, unless
    /// <see cref="ForeignTokenMaxSat"/> says so.
    /// </summary>
    public string[] Mints { get; set; } = [];

    /// <summary>The wallet's seed: words, or hex. From the environment or a file.</summary>
    public string? Seed { get; set; }

    /// <summary>What we hold of one mint at most, in sat: a mint that fails takes that much.</summary>
    [Range(0, 2_100_000_000_000_000)]
    public long ExposureMaxSat { get; set; } = 10_000_000;

    /// <summary>
    /// The largest token of a mint that is not listed, in sat: such a mint is made to pay an invoice of ours with it.
    /// Zero refuses them all.
    /// </summary>
    [Range(0, 2_100_000_000_000_000)]
    public long ForeignTokenMaxSat { get; set; }

    /// <summary>What such mints together may be on their way to pay us, in sat.</summary>
    [Range(0, 2_100_000_000_000_000)]
    public long ForeignUnderWayMaxSat { get; set; } = 100_000;

    /// <summary>
    /// Whether every proof must show by its DLEQ that the mint signed it, before the mint is asked to swap it. Where
    /// not, proofs without one are taken, since the swap shows as much; one that is wrong or incomplete never is.
    /// </summary>
    public bool RequireDleq { get; set; }

    /// <summary>How long a request whose answer we never saw may still take effect at the mint.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan DoubtTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often an unpaid invoice is looked at while it is fresh; later less often.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a mint may take to answer. A payment that it makes for us may take five times that.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan AnswerTimeMax { get; set; } = TimeSpan.FromSeconds(20);
}

[OptionsValidator]
sealed partial class CashuOptionsValidator : IValidateOptions<CashuOptions>;
