using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PoA.Nostr.Blossom;
using PoA.Nostr.Blossom.Store;
using PoA.Nostr.BlossomS3;

namespace PoA.Nostr.Tests.BlossomS3;

public sealed class BlossomS3ModuleTests
{
    [Fact]
    public void Files_keep_the_blobs_unless_a_bucket_is_named()
    {
        Assert.IsType<FileBlobStore>(StoreOf(null));
        Assert.IsType<S3BlobStore>(StoreOf("https://s3.example/blobs"));
    }

    static IBlobStore StoreOf(string? bucket)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["BlobStore:S3:BucketUrl"] = bucket;
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddS3BlobStore();
        builder.AddBlossom();
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IBlobStore>();
    }
}
