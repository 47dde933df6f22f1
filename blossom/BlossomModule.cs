using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom.Store;

namespace PoA.Nostr.Blossom;

/// <summary>The front door of the Blossom server. Its origin is its own: nothing is mapped beside it.</summary>
public static class BlossomModule
{
    const string Greeting = "A Blossom server: GET /<sha256>, PUT /upload, GET /list/<pubkey>.\n";

    /// <summary>Needs the database and, for mirrors, <see cref="Fetch.SafeFetch"/>.</summary>
    public static IHostApplicationBuilder AddBlossom(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<BlossomOptions>().BindConfiguration("Blossom").ValidateOnStart();
        services.AddSingleton<IValidateOptions<BlossomOptions>, BlossomOptionsValidator>();
        services.TryAddSingleton<IBlobStore>(given =>
            new FileBlobStore(given.GetRequiredService<IOptions<BlossomOptions>>().Value.Folder));
        services.AddSingleton<StagingFolder>();
        services.AddSingleton<SellUpload>();
        services.AddSingleton<KeepBlob>().AddSingleton<UploadBlob>().AddSingleton<GetBlob>().AddSingleton<DeleteBlob>();
        services.AddSingleton<MirrorBlob>().AddSingleton<ReportBlob>();
        services.Replace(ServiceDescriptor.Singleton<IMemoryPoolFactory<byte>, LargeBlocks.Factory>());
        services.AddHostedService<BlobSweeper>();
        services.AddSingleton<Verdicts>().AddHostedService(given => given.GetRequiredService<Verdicts>());
        return builder;
    }

    public static void MapBlossom(this WebApplication app)
    {
        app.UseMiddleware<BlossomEdge>();
        UploadBlob.MapUploadBlob(app);
        MirrorBlob.MapMirrorBlob(app);
        ReportBlob.MapReportBlob(app);
        app.MapListBlobs();
        GetBlob.MapGetBlob(app);
        DeleteBlob.MapDeleteBlob(app);
        app.MapMethods("/", ["GET", "HEAD"], () => Greeting);
    }
}
