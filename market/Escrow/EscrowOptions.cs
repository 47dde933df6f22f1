using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Escrow;

/// <summary>What is agreed about jobs with a price, unless their kind says otherwise. Terms keep what held.</summary>
public sealed class EscrowOptions
{
    /// <summary>The platform's part of what is settled, in hundredths of a percent, for whoever has no other.</summary>
    [Range(0, 10_000)]
    public int FeeBps { get; set; } = Fees.StandardBps;

    /// <summary>From the quote to the payment.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan PayWithin { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>From the result to the acceptance that silence is.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan AcceptWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>From a dispute to the outcome stated for it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan ArbitrateWithin { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a first word of dislike stops the clock.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan DoubtPause { get; set; } = TimeSpan.FromHours(24);

    /// <summary>What becomes of a dispute that nobody decided in time.</summary>
    public DisputeOutcome AtTimeout { get; set; } = DisputeOutcome.Refund;

    /// <summary>Where strangers reach the API: what payment requests and refunds name. No slash at the end.</summary>
    public string? PublicUrl { get; set; }
}

[OptionsValidator]
sealed partial class EscrowOptionsValidator : IValidateOptions<EscrowOptions>;
