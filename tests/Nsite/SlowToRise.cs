using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nsite;

/// <summary>
/// Somebody else's Blossom server (BUD-01 §HEAD, BUD-02 §PUT /upload) that answers 503 until it is up. It mirrors
/// nothing.
/// </summary>
sealed class SlowToRise : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    LoopbackServer _server = null!;
    volatile bool _up;
    int _refused;

    public string Url => _server.Url.GetLeftPart(UriPartial.Authority);

    public int Refused => Volatile.Read(ref _refused);

    public ICollection<string> Kept => _blobs.Keys;

    public static async Task<SlowToRise> StartAsync()
    {
        var server = new SlowToRise();
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public void Rise() => _up = true;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task AnswerAsync(HttpContext http)
    {
        var (request, answer) = (http.Request, http.Response);
        if (!_up)
        {
            Interlocked.Increment(ref _refused);
            answer.StatusCode = 503;
        }
        else if (request.Method == "PUT" && request.Path == "/upload")
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var sha256 = BlossomPeer.Hash(body.ToArray());
            _blobs[sha256] = body.ToArray();
            answer.ContentType = "application/json";
            await answer.WriteAsync(JsonSerializer.Serialize(new
            {
                url = $"{Url}/{sha256}.bin",
                sha256,
                size = body.Length,
                type = request.ContentType,
                uploaded = 1_800_000_000,
            }));
        }
        else if (request.Method == "HEAD" && _blobs.TryGetValue(request.Path.Value![1..], out var kept))
        {
            answer.ContentLength = kept.Length;
        }
        else
        {
            answer.StatusCode = request.Method == "PUT" ? 501 : 404;
        }
    }
}
