using System.ComponentModel.DataAnnotations;

namespace PoA.Nostr.Blossom;

/// <summary>Where our own blobs go: results of jobs, storefronts, releases.</summary>
public sealed class BlossomClientOptions
{
    public const string Section = "BlossomClient";

    /// <summary>
    /// Roots of servers in order of preference, ours among them; two or more survive the loss of one. Empty: nothing
    /// that needs a blob can be published. A server on a private address is reached only where fetching allows it.
    /// </summary>
    [MaxLength(16)]
    public string[] Servers { get; set; } = [];
}
