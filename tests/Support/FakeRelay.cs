using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace PoA.Nostr.Tests.Support;

/// <summary>
/// Somebody else's relay, as good or as bad as a test needs it. Left alone it keeps NIP-01: stored events newest
/// first, EOSE, new ones live, OK for each EVENT without a look at its signature. A test may answer in its place.
/// </summary>
public sealed class FakeRelay : IAsyncDisposable
{
    readonly ConcurrentDictionary<Session, bool> _sessions = [];
    WebApplication? _app;
    int _port;
    volatile bool _closing;

    public string Url => $"ws://127.0.0.1:{_port}";

    /// <summary>What it keeps, in the order of arrival.</summary>
    public ConcurrentQueue<NostrEvent> Kept { get; } = [];

    /// <summary>Everything that clients said.</summary>
    public ConcurrentQueue<ClientMessage> Heard { get; } = [];

    /// <summary>The most events under one filter: real relays cut without a word.</summary>
    public int Cut { get; set; } = int.MaxValue;

    /// <summary>Answers in the relay's place when it returns true.</summary>
    public Func<Session, ClientMessage, bool>? Instead { get; set; }

    /// <summary>Called with each new connection, before anything is read.</summary>
    public Action<Session>? Greets { get; set; }

    /// <summary>Its NIP-11 document; null is none.</summary>
    public string? Information { get; set; }

    public int Connections { get; private set; }

    public static async Task<FakeRelay> StartAsync()
    {
        var relay = new FakeRelay();
        await relay.ListenAsync();
        return relay;
    }

    /// <summary>Opens the door, on the same port as before.</summary>
    public async Task ListenAsync()
    {
        _closing = false;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        builder.Services.AddLogging();
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        _port = new Uri(addresses.Addresses.First()).Port;
    }

    /// <summary>
    /// Closes the door, to who comes back at once as well, and cuts every connection. What it keeps, stays.
    /// </summary>
    public async Task StopAsync()
    {
        if (_app is null) return;
        _closing = true;
        foreach (var session in _sessions.Keys) session.Cut();
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Cuts every connection, and takes new ones.</summary>
    public void Drop()
    {
        foreach (var session in _sessions.Keys) session.Cut();
    }

    /// <summary>Keeps the event and hands it to whoever asked for it.</summary>
    public void Add(NostrEvent added)
    {
        Kept.Enqueue(added);
        foreach (var session in _sessions.Keys) session.Fan(added);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    async Task HandleAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            if (Information is { } document) await http.Response.WriteAsync(document);
            else http.Response.StatusCode = 404;
            return;
        }

        using var session = new Session(http, await http.WebSockets.AcceptWebSocketAsync());
        Connections++;
        _sessions[session] = true;
        if (_closing) session.Cut();
        Greets?.Invoke(session);
        try
        {
            await foreach (var message in session.ReadAllAsync())
            {
                Heard.Enqueue(message);
                if (Instead?.Invoke(session, message) != true) Answer(session, message);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException
            or ObjectDisposedException)
        {
            // The client went away, or was cut.
        }
        finally
        {
            _sessions.TryRemove(session, out _);
        }
    }

    /// <summary>NIP-01, "From relay to client".</summary>
    public void Answer(Session session, ClientMessage message)
    {
        switch (message)
        {
            case ClientMessage.Publish(var published):
                session.Send(new RelayMessage.Ok(published.Id, true, ""));
                Add(published);
                break;
            case ClientMessage.Request(var id, var filters):
                session.Open[id] = filters;
                foreach (var kept in filters.SelectMany(Stored).DistinctBy(kept => kept.Id))
                {
                    session.Send(new RelayMessage.Delivery(id, kept));
                }

                session.Send(new RelayMessage.EndOfStored(id));
                break;
            case ClientMessage.Close(var id):
                session.Open.TryRemove(id, out _);
                break;
            default:
                break;
        }
    }

    IEnumerable<NostrEvent> Stored(Filter filter) => Kept.Where(filter.Matches)
        .OrderByDescending(kept => kept.CreatedAt).Take(Math.Min(filter.Limit ?? int.MaxValue, Cut));

    /// <summary>One client's connection.</summary>
    public sealed class Session(HttpContext http, WebSocket socket) : IDisposable
    {
        readonly SemaphoreSlim _sending = new(1, 1);

        public ConcurrentDictionary<string, IReadOnlyList<Filter>> Open { get; } = new(StringComparer.Ordinal);

        /// <summary>
        /// Stops answering and reading, but keeps the socket: what a half-open connection looks like.
        /// </summary>
        public bool Deaf { get; set; }

        public void Send(RelayMessage message) => SendRaw(RelayMessages.Write(message));

        public void SendRaw(byte[] message)
        {
            if (Deaf) return;
            _sending.Wait();
            try
            {
                socket.SendAsync(message, WebSocketMessageType.Text, true, http.RequestAborted)
                    .GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException
                or IOException)
            {
                // The client went away.
            }
            finally
            {
                _sending.Release();
            }
        }

        public void Fan(NostrEvent added)
        {
            foreach (var (id, filters) in Open)
            {
                if (filters.Any(filter => filter.Matches(added))) Send(new RelayMessage.Delivery(id, added));
            }
        }

        public void Cut()
        {
            try
            {
                http.Abort();
            }
            catch (ObjectDisposedException)
            {
                // The other side was quicker: the connection is gone already.
            }
        }

        public async IAsyncEnumerable<ClientMessage> ReadAllAsync()
        {
            var buffer = new byte[1024 * 1024];
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult got;
                do
                {
                    got = await socket.ReceiveAsync(buffer.AsMemory(length), http.RequestAborted);
                    if (got.MessageType == WebSocketMessageType.Close) yield break;
                    length += got.Count;
                }
                while (!got.EndOfMessage);
                if (Deaf) continue;
                yield return ClientMessages.Parse(buffer.AsSpan(0, length));
            }
        }

        public void Dispose() => _sending.Dispose();
    }
}
