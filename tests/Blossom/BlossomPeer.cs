using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom;
using PoA.Nostr.Blossom.Store;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Tests.Blossom;

/// <summary>Our Blossom server on a free port over a real database, and what a client needs to talk to it.</summary>
sealed class BlossomPeer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly HttpClient _http;

    BlossomPeer(WebApplication app)
    {
        _app = app;
        Url = app.Urls.Single();
        _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(Url) };
    }

    public string Url { get; }

    public SecretKey Key { get; } = SecretKey.Generate();

    public BlobSweeper Sweeper => _app.Services.GetRequiredService<BlobSweeper>();

    public StagingFolder Staging => _app.Services.GetRequiredService<StagingFolder>();

    public IBlobStore Store => _app.Services.GetRequiredService<IBlobStore>();

    /// <param name="postgres">Where its rows are.</param>
    /// <param name="folder">Where its bytes are.</param>
    /// <param name="settings">Options of the feature by their names, "KeyBytesMax".</param>
    /// <param name="allowed">Endpoints that mirrors may be fetched from though they are not public.</param>
    /// <param name="clock">The system's unless given.</param>
    /// <param name="till">Who takes money for uploads; nobody unless given.</param>
    public static async Task<BlossomPeer> StartAsync(
        Support.Postgres postgres, string folder, Dictionary<string, string>? settings = null,
        string[]? allowed = null, TimeProvider? clock = null, IBlobTill? till = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Blossom:Folder"] = folder;
        builder.Configuration["Blossom:PublicUrl"] = "http://127.0.0.1";
        foreach (var (name, value) in settings ?? []) builder.Configuration[$"Blossom:{name}"] = value;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(postgres.Db).AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddSingleton(new SafeFetch(new SafeAddress(allowed ?? [])));
        if (till is not null) builder.Services.AddSingleton(till);
        builder.AddBlossom();
        builder.Services.AddSingleton<BlobSweeper>();
        var app = builder.Build();
        app.MapBlossom();
        await app.StartAsync();
        var options = app.Services.GetRequiredService<IOptions<BlossomOptions>>().Value;
        options.PublicUrl = app.Urls.Single();
        return new(app);
    }

    /// <summary>Blobs and unfinished uploads under a server's folder; its lock is neither.</summary>
    public static IReadOnlyList<string> Files(string folder) =>
    [
        .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) != ".lock"),
    ];

    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>An authorization as clients send it: unpadded base64url.</summary>
    public static string Token(SecretKey key, string verb, params string[] hashes)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        string[][] tags = [["t", verb], ["expiration", $"{now + 300}"], .. hashes.Select(hash => new[] { "x", hash })];
        var signed = key.Sign(new(24_242, now, tags, "A test."));
        return System.Buffers.Text.Base64Url.EncodeToString(EventJson.Write(signed));
    }

    public Task<HttpResponseMessage> UploadAsync(byte[] blob, SecretKey? by = null, string type = "text/plain") =>
        SendAsync(HttpMethod.Put, "/upload", Token(by ?? Key, "upload", Hash(blob)), Bytes(blob, type));

    public Task<HttpResponseMessage> DeleteAsync(string sha256, SecretKey? by = null) =>
        SendAsync(HttpMethod.Delete, $"/{sha256}", Token(by ?? Key, "delete", sha256));

    public Task<HttpResponseMessage> MirrorAsync(string url, params string[] hashes) => MirrorAsync(url, hashes, []);

    public Task<HttpResponseMessage> MirrorAsync(
        string url, string[] hashes, params (string Name, string Value)[] headers) => SendAsync(
            HttpMethod.Put, "/mirror", Token(Key, "upload", hashes),
            new StringContent(JsonSerializer.Serialize(new { url }), Encoding.UTF8, "application/json"), headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? token = null, HttpContent? body = null,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (token is not null) request.Headers.Authorization = new("Nostr", token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static ByteArrayContent Bytes(byte[] blob, string type = "text/plain") =>
        new(blob) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        Key.Dispose();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
