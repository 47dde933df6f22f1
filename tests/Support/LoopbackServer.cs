using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PoA.Nostr.Tests.Support;

/// <summary>Somebody else's web server, on a free port of the loopback address.</summary>
sealed class LoopbackServer : IAsyncDisposable
{
    readonly WebApplication _app;

    LoopbackServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    /// <summary>As it stands in a list of allowed endpoints.</summary>
    public string Endpoint => $"{Url.Host}:{Url.Port}";

    public static Task<LoopbackServer> StartAsync(RequestDelegate answer) =>
        FreshAddress.StartAsync(() => ListenAsync(answer), server => server.Endpoint);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    static async Task<LoopbackServer> ListenAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new(app);
    }
}
