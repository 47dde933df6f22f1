using Microsoft.AspNetCore.Http;
using PoA.Nostr.Devnet.World;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// Between the service and a mint, over real sockets: a request can be held before the mint sees it or after the mint
/// has answered, and in bad weather requests are lost, doubled and late, and answers too.
/// </summary>
/// <param name="mint">Where the mint is.</param>
/// <param name="nameOf">What a request is called, by its method, path and body.</param>
/// <param name="dice">What the weather is like.</param>
sealed class MintGate(string mint, Func<string, string, byte[], Task<string>> nameOf, Seeded dice) : IAsyncDisposable
{
    static readonly TimeSpan LateBy = TimeSpan.FromMilliseconds(200);

    readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    readonly Lock _gate = new();
    readonly Dictionary<string, HeldRequest> _held = new(StringComparer.Ordinal);
    readonly Dictionary<string, bool> _lost = new(StringComparer.Ordinal);
    LoopbackServer _server = null!;

    public string Url => _server.Url.ToString().TrimEnd('/');

    public bool IsStormy { get; set; }

    /// <summary>What the weather did.</summary>
    public int Faults { get; private set; }

    public async Task StartAsync() => _server = await LoopbackServer.StartAsync(ServeAsync);

    /// <summary>The next request of this name stands still, before it is served or after.</summary>
    public HeldRequest Hold(string name, bool served)
    {
        var held = new HeldRequest(served);
        lock (_gate) _held[name] = held;
        return held;
    }

    /// <summary>The next of this name is lost: before it is served, or its answer.</summary>
    public void Lose(string name, bool served)
    {
        lock (_gate) _lost[name] = served;
    }

    /// <summary>Nothing is held or lost any more.</summary>
    public void Calm()
    {
        IsStormy = false;
        lock (_gate)
        {
            _lost.Clear();
            foreach (var held in _held.Values) held.Pass(true);
            _held.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Calm();
        await _server.DisposeAsync();
        _http.Dispose();
    }

    async Task ServeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var (method, path, bytes) = (http.Request.Method, http.Request.Path.Value!, body.ToArray());
        var name = await nameOf(method, path, bytes);
        if (Take(_held, name) is { } held)
        {
            await StandAsync(held, http, method, path, bytes);
            return;
        }

        var (isLost, afterwards) = Weather(name);
        if (isLost && !afterwards)
        {
            http.Abort();
            return;
        }

        var (status, reply) = await ForwardAsync(method, path, bytes);
        if (isLost) http.Abort();
        else await AnswerAsync(http, status, reply);
    }

    async Task StandAsync(HeldRequest held, HttpContext http, string method, string path, byte[] body)
    {
        var (status, reply) = held.IsServed ? await ForwardAsync(method, path, body) : (0, []);
        if (!await held.StandAsync(http.RequestAborted)) http.Abort();
        else if (held.IsServed) await AnswerAsync(http, status, reply);
        else
        {
            // Whoever asked may be gone: it arrives all the same.
            (status, reply) = await ForwardAsync(method, path, body);
            await AnswerAsync(http, status, reply);
        }

        held.Gone();
    }

    async Task<(int Status, byte[] Body)> ForwardAsync(string method, string path, byte[] body)
    {
        if (Chance(0.1)) await Task.Delay(LateBy);
        if (method == "POST" && Chance(0.1)) await SendAsync(method, path, body);
        return await SendAsync(method, path, body);
    }

    async Task<(int Status, byte[] Body)> SendAsync(string method, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(new(method), mint + path);
        if (method == "POST") request.Content = new ByteArrayContent(body) { Headers = { { "Content-Type", Json } } };
        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    static async Task AnswerAsync(HttpContext http, int status, byte[] body)
    {
        if (http.RequestAborted.IsCancellationRequested) return;
        http.Response.StatusCode = status;
        http.Response.ContentType = Json;
        await http.Response.Body.WriteAsync(body);
    }

    (bool IsLost, bool Afterwards) Weather(string name)
    {
        lock (_gate)
        {
            if (_lost.Remove(name, out var served)) return (true, served);
        }

        return (Chance(0.15), Chance(0.5));
    }

    bool Chance(double share)
    {
        lock (_gate)
        {
            if (!IsStormy || !dice.Chance(share)) return false;
            Faults++;
            return true;
        }
    }

    HeldRequest? Take(Dictionary<string, HeldRequest> orders, string name)
    {
        lock (_gate) return orders.Remove(name, out var held) ? held : null;
    }

    const string Json = "application/json";
}

/// <summary>A request that stands still until the test says how it goes on.</summary>
/// <param name="isServed">Whether the mint has answered it already.</param>
sealed class HeldRequest(bool isServed)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<bool> _pass = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsServed { get; } = isServed;

    /// <summary>Returns when somebody stands here.</summary>
    public Task ReachedAsync() => _reached.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>Whether whoever asked has given up waiting meanwhile.</summary>
    public bool IsLeft { get; private set; }

    /// <summary>It goes on: to the mint, or with the answer. Or it is lost.</summary>
    public void Pass(bool arrives) => _pass.TrySetResult(arrives);

    /// <summary>Returns when nothing more of it will happen.</summary>
    public Task GoneAsync() => _reached.Task.IsCompleted ? _gone.Task.WaitAsync(Patience) : Task.CompletedTask;

    public async Task<bool> StandAsync(CancellationToken left)
    {
        await using var registration = left.Register(() => IsLeft = true);
        _reached.TrySetResult();
        return await _pass.Task;
    }

    public void Gone() => _gone.TrySetResult();
}
