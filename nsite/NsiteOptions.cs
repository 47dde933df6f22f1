using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Nsite;

/// <summary>How storefronts are published.</summary>
public sealed class NsiteOptions
{
    public const string Section = "Nsite";

    /// <summary>How often storefronts are compared with what stands.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the servers are asked whether they still have the files.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan VerifyEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How soon a server that did not take everything is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan RetryEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often an agent's record is counted: each change of it is a new version of the page.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "30.00:00:00")]
    public TimeSpan RecordEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Where the code of the template agents can be read.</summary>
    [Url]
    public string? SourceUrl { get; set; }

    /// <summary>SPDX id under which the code of the template agents is open.</summary>
    [Required]
    public string License { get; set; } = "MIT";
}

[OptionsValidator]
sealed partial class NsiteOptionsValidator : IValidateOptions<NsiteOptions>;
