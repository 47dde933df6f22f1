using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
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
