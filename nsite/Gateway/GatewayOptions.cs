using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Nsite.Gateway;

public sealed class GatewayOptions
{
    /// <summary>Hosts whose left-most label names a site: "&lt;npub&gt;.localhost".</summary>
    [MinLength(1)]
    public string[] Domains { get; set; } = ["localhost"];

    /// <summary>Blossom servers that are asked after those of the site and its author.</summary>
    public string[] BlossomServers { get; set; } = [];

    /// <summary>How long a site that was not found stays not found.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MissingLife { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a manifest is served without asking again; a newer one that we hear of replaces it at once.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ManifestLife { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The largest file of a site, in bytes: it is verified whole before its first byte is served.</summary>
    [Range(1, 1 << 30)]
    public int FileBytesMax { get; set; } = 64 << 20;

    /// <summary>Verified files kept in memory, in bytes.</summary>
    [Range(0, long.MaxValue)]
    public long CacheBytes { get; set; } = 128L << 20;

    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan LookUpTimeout { get; set; } = TimeSpan.FromSeconds(3);
}

[OptionsValidator]
sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
