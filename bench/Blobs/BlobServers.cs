using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Blossom;
using PoA.Nostr.Database;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Bench.Blobs;

/// <summary>The servers that the bench starts as processes of their own. They serve until their input ends.</summary>
static class BlobServers
{
    /// <summary>The Blossom server as the service hosts it, over a PostgreSQL of its own, fsync on.</summary>
    public static async Task<int> ServeAsync(string folder)
    {
        var postgres = await EmbeddedPostgres.StartAsync(folder, settings: null, default);
        try
        {
            await using var db = NpgsqlDataSource.Create(postgres.ConnectionString);
            await Migrator.RunAsync(db, [typeof(BlossomModule).Assembly], default);
            var builder = Build();
            builder.Configuration["Blossom:Folder"] = Path.Combine(folder, "blobs");
            builder.Configuration["Blossom:PublicUrl"] = "http://127.0.0.1";
            builder.Services.AddSingleton(db).AddSingleton(TimeProvider.System);
            builder.Services.AddSingleton(new SafeFetch(new SafeAddress([])));
            builder.AddBlossom();
            await using var app = builder.Build();
            app.MapBlossom();
            await RunAsync(app);
        }
        finally
        {
            await postgres.StopAsync(default);
        }

        return 0;
    }

    /// <summary>What a Kestrel application that serves files does at the least.</summary>
    public static async Task<int> ServeFilesAsync(string folder)
    {
        await using var app = Build().Build();
        app.MapGet("/{ab}/{cd}/{name}", (string ab, string cd, string name) => TypedResults.PhysicalFile(
            Path.Combine(folder, ab, cd, name), "application/octet-stream", enableRangeProcessing: true));
        await RunAsync(app);
        return 0;
    }

    /// <summary>
    /// What an upload costs at the least: <c>drain</c> only reads the body, <c>hash</c> hashes it as well,
    /// <c>disk</c> also writes it to a fresh file and makes that durable.
    /// </summary>
    public static async Task<int> ServeFloorAsync(string floor, string folder)
    {
        await using var app = Build().Build();
        app.MapPut("/upload", async (HttpContext http) =>
        {
            http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var path = Path.Combine(folder, $"{Guid.NewGuid():N}");
            using var file = floor == "disk"
                ? File.OpenHandle(path, FileMode.Create, FileAccess.Write, options: FileOptions.DeleteOnClose)
                : null;
            var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
            var size = 0L;
            int read;
            while ((read = await http.Request.Body.ReadAsync(buffer)) > 0)
            {
                if (floor != "drain") hash.AppendData(buffer, 0, read);
                if (file is not null) RandomAccess.Write(file, buffer.AsSpan(0, read), size);
                size += read;
            }

            if (file is not null) RandomAccess.FlushToDisk(file);
            ArrayPool<byte>.Shared.Return(buffer);
            http.Response.ContentLength = 0;
        });
        await RunAsync(app);
        return 0;
    }

    static WebApplicationBuilder Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        return builder;
    }

    static async Task RunAsync(WebApplication app)
    {
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.Single()).Port);
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
    }
}
