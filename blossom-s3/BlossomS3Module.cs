using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.BlossomS3;

/// <summary>The front door of the S3 store: added before the Blossom server, it takes the place of files.</summary>
public static class BlossomS3Module
{
    const string Section = "BlobStore:S3";

    /// <summary>Does nothing unless a bucket is configured.</summary>
    public static IHostApplicationBuilder AddS3BlobStore(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration[$"{Section}:{nameof(S3Options.BucketUrl)}"] is not { Length: > 0 }) return builder;

        builder.Services.AddOptions<S3Options>().BindConfiguration(Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<S3Options>, S3OptionsValidator>();
        builder.Services.AddSingleton<IBlobStore, S3BlobStore>();
        return builder;
    }
}
