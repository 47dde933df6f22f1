using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>
/// The network between the wallet and a mint, where it goes wrong: requests and replies are lost, doubled and forged.
/// </summary>
sealed class MintProxy : IAsyncDisposable
{
    readonly HttpClient _http = new(new SocketsHttpHandler());
    readonly Lock _gate = new();
    readonly List<(string Path, Trouble Trouble)> _ordered = [];
    readonly List<string> _seen = [];
    LoopbackServer _server = null!;
    Func<Task>? _held;

    /// <summary>Where the wallet finds the mint.</summary>
    public string Url => _server.Url.ToString().TrimEnd('/');

    /// <summary>Paths in the order of their requests.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_gate) return [.. _seen];
        }
    }

    public static async Task<MintProxy> StartAsync(string mint)
    {
        var proxy = new MintProxy();
        proxy._server = await LoopbackServer.StartAsync(http => proxy.ServeAsync(mint, http));
        return proxy;
    }

    /// <summary>What goes wrong with the next request of a path, or of one that begins so; once each.</summary>
    public void Order(string path, Trouble trouble)
    {
        lock (_gate) _ordered.Add((path, trouble));
    }

    /// <summary>What was held is served now.</summary>
    public Task ReleaseAsync() => _held!();

    /// <summary>Nothing goes wrong any more.</summary>
    public void Calm()
    {
        lock (_gate) _ordered.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    async Task ServeAsync(string mint, HttpContext http)
    {
        var path = http.Request.Path.Value!;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var trouble = Take(path);
        if (trouble is Trouble.DropRequest)
        {
            http.Abort();
            return;
        }

        if (trouble is Trouble.Hold)
        {
            _held = () => ForwardAsync(mint + path, "POST", body.ToArray());
            trouble = new Trouble.Answer(400, """{"detail":"not now","code":11000}""");
        }

        var asked = trouble is Trouble.Ask ask
            ? Encoding.UTF8.GetBytes(ask.With(JsonNode.Parse(body.ToArray())!.AsObject()).ToJsonString())
            : body.ToArray();
        var (status, reply) = trouble is Trouble.Answer answer
            ? (answer.Status, answer.Json)
            : await ForwardAsync(mint + path, http.Request.Method, asked);
        if (trouble is Trouble.Double) (status, reply) = await ForwardAsync(mint + path, "POST", body.ToArray());
        if (trouble is Trouble.Then then) await then.Do();
        if (trouble is Trouble.Forge forge) reply = forge.With(JsonNode.Parse(reply)!.AsObject()).ToJsonString();
        if (trouble is Trouble.DropReply)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(reply);
    }

    async Task<(int Status, string Body)> ForwardAsync(string url, string method, byte[] body)
    {
        using var request = new HttpRequestMessage(new(method), url);
        if (body.Length > 0) request.Content = new ByteArrayContent(body) { Headers = { { "Content-Type", Json } } };
        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    Trouble? Take(string path)
    {
        lock (_gate)
        {
            _seen.Add(path);
            var at = _ordered.FindIndex(order => path.StartsWith(order.Path, StringComparison.Ordinal));
            if (at < 0) return null;
            var trouble = _ordered[at].Trouble;
            _ordered.RemoveAt(at);
            return trouble;
        }
    }

    const string Json = "application/json";
}

/// <summary>What happens to one request.</summary>
abstract record Trouble
{
    /// <summary>It never arrives.</summary>
    public sealed record DropRequest : Trouble;

    /// <summary>It is served, and nobody hears of it.</summary>
    public sealed record DropReply : Trouble;

    /// <summary>It arrives twice; the second answer is heard.</summary>
    public sealed record Double : Trouble;

    /// <summary>It is refused, and served when the test says so.</summary>
    public sealed record Hold : Trouble;

    /// <summary>It is served, and this happens before the answer.</summary>
    public sealed record Then(Func<Task> Do) : Trouble;

    /// <summary>It never arrives, and this is answered.</summary>
    public sealed record Answer(int Status, string Json) : Trouble;

    /// <summary>It is served, and the answer is changed.</summary>
    public sealed record Forge(Func<JsonObject, JsonObject> With) : Trouble;

    /// <summary>It is changed before it is served.</summary>
    public sealed record Ask(Func<JsonObject, JsonObject> With) : Trouble;

    /// <summary>Nothing happens: to let one pass before the next goes wrong.</summary>
    public sealed record Pass : Trouble;
}
