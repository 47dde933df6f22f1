using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Blossom;
using PoA.Nostr.BlossomS3;

namespace PoA.Nostr.Server;

/// <summary>The Blossom server of this service, in its database. It starts after the migrations.</summary>
sealed class OwnBlossom(IServiceProvider shared, IOptions<ServerOptions> server) : IHostedService, IAsyncDisposable
{
    WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = shared.GetRequiredService<IConfiguration>();
        var folder = settings["Blossom:Folder"] ?? Path.Combine(server.Value.Data, "blobs");
        var origin = new BlossomOrigin(
            new Ports(server.Value.PortBase).Blossom, folder, shared.GetRequiredService<NpgsqlDataSource>())
        {
            PublicUrl = settings["Blossom:PublicUrl"],
            Add = builder =>
            {
                builder.AddS3BlobStore();
                builder.Services.AddSingleton<IBlobTill>(_ => ActivatorUtilities.CreateInstance<BlobTill>(shared));
            },
        };
        _app = await origin.StartAsync(shared, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
