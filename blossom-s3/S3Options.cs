using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.BlossomS3;

/// <summary>The section BlobStore:S3. Off unless a bucket is named.</summary>
public sealed class S3Options
{
    /// <summary>
    /// The bucket as requests reach it: <c>https://host/bucket</c> or <c>https://bucket.host</c>. Null keeps files.
    /// </summary>
    [Url]
    public string? BucketUrl { get; set; }

    /// <summary>Part of every signature; most compatible servers take any.</summary>
    [Required]
    public string Region { get; set; } = "us-east-1";

    public string AccessKey { get; set; } = "";

    /// <summary>From the environment or a file, never from appsettings.json.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>Larger blobs are sent in parts of this many bytes. S3 takes 10,000 of them.</summary>
    [Range(5L << 20, 5L << 30)]
    public long PartBytes { get; set; } = 64L << 20;

    /// <summary>One request, until its answer begins; a part of an upload included.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(5);
}

[OptionsValidator]
sealed partial class S3OptionsValidator : IValidateOptions<S3Options>;
