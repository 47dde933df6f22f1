using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using PoA.Nostr.Blossom;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Server;

/// <summary>
/// One Blossom server on a port of its own: strangers' bytes never share an origin, a route or a middleware with the
/// API. It shares the clock, the log and the fetcher with the process that it runs in.
/// </summary>
/// <param name="Port">On loopback.</param>
/// <param name="Folder">Where its bytes lie.</param>
/// <param name="Db">Where its rows are, migrated.</param>
sealed record BlossomOrigin(int Port, string Folder, NpgsqlDataSource Db)
{
    /// <summary>A token that names many blobs is long: one event of the largest size, in base64.</summary>
    const int HeaderBytesMax = 128 * 1024;

    /// <summary>Registers what stands behind it: another store than files in the folder, a till.</summary>
    public Action<IHostApplicationBuilder>? Add { get; init; }

    /// <summary>How clients reach it, where that is not its address here.</summary>
    public string? PublicUrl { get; init; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>The caller disposes of it.</summary>
    public async Task<WebApplication> StartAsync(IServiceProvider shared, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Set on top: what is written into a configuration goes through to the process's own, which others read.
        builder.Configuration.AddConfiguration(shared.GetRequiredService<IConfiguration>())
            .AddInMemoryCollection([new("Blossom:Folder", Folder), new("Blossom:PublicUrl", PublicUrl ?? Url)]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            kestrel.Listen(IPAddress.Loopback, Port);
        });
        builder.Services.Replace(ServiceDescriptor.Singleton(shared.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(Db).AddSingleton(shared.GetRequiredService<SafeFetch>());
        builder.Services.AddSingleton(shared.GetRequiredService<TimeProvider>());
        Add?.Invoke(builder);
        builder.AddBlossom();

        var app = builder.Build();
        app.MapBlossom();
        await app.StartAsync(ct);
        return app;
    }
}
