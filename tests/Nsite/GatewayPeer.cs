using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PoA.Nostr.Fetch;
using PoA.Nostr.Nsite.Gateway;
using PoA.Nostr.Nsite.Storefront;
using PoA.Nostr.Relays;
using PoA.Nostr.Tests.Dvm.Kinds;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nsite;

/// <summary>Our gateway on a free port, and a client that names hosts and paths as it likes.</summary>
sealed class GatewayPeer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly HttpClient _http;

    GatewayPeer(WebApplication app, FoundAtHand relays)
    {
        (_app, Relays) = (app, relays);
        Url = new(app.Urls.Single());
        _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = Url };
    }

    public Uri Url { get; }

    /// <summary>What relays keep.</summary>
    public FoundAtHand Relays { get; }

    public static async Task<GatewayPeer> StartAsync(
        IEnumerable<string> allowed, Dictionary<string, string>? settings = null, TimeProvider? clock = null,
        Action<IServiceCollection>? more = null)
    {
        var relays = new FoundAtHand();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        foreach (var (name, value) in settings ?? []) builder.Configuration[$"Gateway:{name}"] = value;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(clock ?? TimeProvider.System).AddSingleton<IEventFinder>(relays);
        builder.Services.AddSingleton(new SafeFetch(new SafeAddress(allowed)));
        builder.Services.AddSingleton<StorefrontSource>(_ => Task.FromResult(Given.Storefronts));
        builder.Services.AddSingleton(given => new RelayPool(
            new(), signer: null, vetted: null, TimeProvider.System, NullLogger<RelayPool>.Instance));
        builder.AddGateway();
        more?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync();
        return new(app, relays);
    }

    public Task<HttpResponseMessage> GetAsync(string host, string path) => SendAsync(host, path, HttpMethod.Get);

    public async Task<(int Status, string Body)> ReadAsync(string host, string path)
    {
        using var answer = await GetAsync(host, path);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task<HttpResponseMessage> SendAsync(
        string host, string path, HttpMethod method, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Host = host;
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request);
    }

    /// <summary>Sends the bytes as they are; all that comes back until the connection ends.</summary>
    public async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Url.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Somebody else's Blossom server, as good or as bad as a test needs it (BUD-01 §GET).</summary>
sealed class BlobsAtHand : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, (byte[] Bytes, string Type)> _blobs = new(StringComparer.Ordinal);
    LoopbackServer _server = null!;
    int _asked;

    public string Url => _server.Url.GetLeftPart(UriPartial.Authority);

    public string Endpoint => _server.Endpoint;

    /// <summary>How often a blob was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Answers in its place when it is set.</summary>
    public RequestDelegate? Instead { get; set; }

    public static async Task<BlobsAtHand> StartAsync()
    {
        var blobs = new BlobsAtHand();
        blobs._server = await LoopbackServer.StartAsync(blobs.AnswerAsync);
        return blobs;
    }

    /// <summary>Its hash.</summary>
    public string Put(string text, string type = "application/octet-stream") =>
        Put(Encoding.UTF8.GetBytes(text), type);

    public string Put(byte[] bytes, string type = "application/octet-stream")
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        _blobs[sha256] = (bytes, type);
        return sha256;
    }

    public void Swap(string sha256, string text) => _blobs[sha256] = (Encoding.UTF8.GetBytes(text), "text/html");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task AnswerAsync(HttpContext http)
    {
        Interlocked.Increment(ref _asked);
        if (Instead is not null)
        {
            await Instead(http);
            return;
        }

        if (!_blobs.TryGetValue(http.Request.Path.Value![1..], out var blob))
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.ContentType = blob.Type;
        await http.Response.Body.WriteAsync(blob.Bytes);
    }
}
