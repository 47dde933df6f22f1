using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Market.Index;

/// <summary>How much of Nostr is kept. The index can be fetched again: what leaves it is not lost to anybody.</summary>
public sealed class IndexOptions
{
    /// <summary>Notes, replies, reposts, reactions, zaps and deletions older than this leave.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan AgeMax { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Events kept in all; beyond it the oldest leave.</summary>
    [Range(1_000L, 1_000_000_000L)]
    public long EventsMax { get; set; } = 20_000_000;

    /// <summary>How often what is too old or expired is swept out. Nothing expired is ever shown or counted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Discovery looks at notes, and at what was done to them, this far back.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00")]
    public TimeSpan DiscoveryWindow { get; set; } = TimeSpan.FromDays(7);

    /// <summary>An event dated further ahead of our clock than this is not taken.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FutureMax { get; set; } = TimeSpan.FromMinutes(15);
}

[OptionsValidator]
sealed partial class IndexOptionsValidator : IValidateOptions<IndexOptions>;
