using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>How sites are served.</summary>
public sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>The left-most label under this domain names a site: <c>npub1….localhost</c>.</summary>
    [Required]
    public string Domain { get; set; } = "localhost";

    /// <summary>
    /// Other hosts that point here by a CNAME to such a name are served too. Each unknown host costs a DNS look-up.
    /// </summary>
    public bool CustomDomains { get; set; }

    /// <summary>After this a site that is asked for is looked for again, while it is served as it is.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a site is served that no relay knows now: relays fail more often than sites end.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan StaleMax { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What was not found is not looked for again for so long.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan MissingFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long relays may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan LookUpMax { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Sites that are looked for at the same time, apart from those that are held already.</summary>
    [Range(1, 10_000)]
    public int LookUpsAtOnceMax { get; set; } = 64;

    /// <summary>How long all Blossom servers together may take to give one file.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan FetchMax { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>After this the next server is asked too, while the one before may still answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan NextServerAfter { get; set; } = TimeSpan.FromMilliseconds(700);

    /// <summary>The largest file, in bytes: it is held and verified whole before its first byte is sent.</summary>
    [Range(1, 1 << 30)]
    public int FileBytesMax { get; set; } = 16 << 20;

    /// <summary>Verified files kept in memory, in bytes.</summary>
    [Range(0, long.MaxValue)]
    public long CacheBytesMax { get; set; } = 128L << 20;

    /// <summary>Files that are fetched at the same time.</summary>
    [Range(1, 1_000)]
    public int FetchesAtOnceMax { get; set; } = 16;

    /// <summary>Of those, files of one author.</summary>
    [Range(1, 1_000)]
    public int FetchesOfOneMax { get; set; } = 6;
}

[OptionsValidator]
sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
