using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Blossom;

public sealed class BlossomOptions
{
    /// <summary>Where the file store keeps its blobs and its unfinished uploads.</summary>
    [Required]
    public string Folder { get; set; } = "data/blobs";

    /// <summary>Uploads on their way; on the same file system, so that a rename finishes them.</summary>
    internal string StagingFolder => Path.Combine(Folder, "staging");

    /// <summary>How clients reach this server, without a slash at the end. Never the API's origin.</summary>
    [Required, Url]
    public string PublicUrl { get; set; } = "http://127.0.0.1:7780";

    /// <summary>The largest single blob, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long BlobBytesMax { get; set; } = 16L << 30;

    /// <summary>What one key may keep here, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long KeyBytesMax { get; set; } = 64L << 30;

    /// <summary>
    /// What all keys together may keep here, in bytes; a blob that two keep counts twice. Null: as much as the disk
    /// has room for. Uploads that come at the same moment may go past it by what they bring.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long? TotalBytesMax { get; set; }

    /// <summary>Free space that uploads never eat into, in bytes.</summary>
    [Range(0, long.MaxValue)]
    public long FreeBytesMin { get; set; } = 1L << 30;

    /// <summary>A mirrored blob may be this large, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MirrorBytesMax { get; set; } = 1L << 30;

    /// <summary>From the look-up of the origin's name to its last byte.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MirrorTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Mirrors that are fetched at the same time; one more is asked to come again.</summary>
    [Range(1, 1_000)]
    public int MirrorsAtOnceMax { get; set; } = 8;

    /// <summary>A token that claims to live longer is refused (BUD-11).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan TokenLifeMax { get; set; } = TimeSpan.FromDays(7);

    /// <summary>After this a blob is deleted, and says so in its Sunset header. Null keeps for ever.</summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>
    /// What strangers pay for each megabyte that they upload, in sat (BUD-07). Null: nothing. Needs a wallet.
    /// </summary>
    [Range(1, 1_000_000)]
    public long? SatPerMegabyte { get; set; }

    /// <summary>Distinct reporters after which a blob is no longer served. Null: reports are only kept.</summary>
    [Range(1, 1_000)]
    public int? ReportersMax { get; set; }

    /// <summary>How soon a verdict of the operator on a reported blob is heeded.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan VerdictsEvery { get; set; } = TimeSpan.FromSeconds(3);
}

[OptionsValidator]
sealed partial class BlossomOptionsValidator : IValidateOptions<BlossomOptions>;
