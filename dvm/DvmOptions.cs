using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Dvm;

/// <summary>What an operator may set for jobs that come over Nostr.</summary>
public sealed class DvmOptions
{
    /// <summary>An older request is answered with "expired", not worked on.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan RequestAgeMax { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How far ahead of ours a customer's clock may run.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RequestAheadMax { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Where a gateway shows the agents' storefronts, with <c>{npub}</c> for the agent: their website, and where their
    /// picture is. Without it profiles name neither.
    /// </summary>
    [RegularExpression(@"https?://.*\{npub\}.*/", ErrorMessage = "StorefrontUrl is a URL with {npub} that ends in /.")]
    public string? StorefrontUrl { get; set; }

    /// <summary>Jobs a second that one unknown key may send; as many again as a burst.</summary>
    [Range(1, 1_000_000)]
    public int StrangerJobsPerSecond { get; set; } = 2_000;

    /// <summary>Proof of work (NIP-13), in bits, that lifts a stranger's limit.</summary>
    [Range(1, 64)]
    public int WorkBitsMin { get; set; } = 20;
}

[OptionsValidator]
sealed partial class DvmOptionsValidator : IValidateOptions<DvmOptions>;
