using System.Net.WebSockets;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace PoA.Nostr.Tests.Support;

/// <summary>
/// A client that says exactly what a test tells it to, and hears every message. It checks nothing. It reads whether
/// anybody waits or not, so that it answers the relay's pings.
/// </summary>
public sealed class RelayClient : IAsyncDisposable
{
    static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(30);
    readonly ClientWebSocket _socket = new();
    readonly Channel<JsonElement> _heard = Channel.CreateBounded<JsonElement>(10_000);
    readonly Queue<JsonElement> _unread = [];
    Task _hearing = Task.CompletedTask;
    int _queries;

    public static async Task<RelayClient> ConnectAsync(string url, CancellationToken ct)
    {
        var client = new RelayClient();
        await client._socket.ConnectAsync(new(url), ct);
        client._hearing = client.HearAsync();
        return client;
    }

    public Task SendAsync(string message, CancellationToken ct) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, ct);

    public Task SendEventAsync(NostrEvent e, CancellationToken ct) => SendAsync($"[\"EVENT\",{Json(e)}]", ct);

    /// <summary>The next message that meets the condition; others stay for later.</summary>
    public async Task<JsonElement> ReadAsync(Func<JsonElement, bool> wanted, CancellationToken ct)
    {
        for (var i = _unread.Count; i > 0; i--)
        {
            var kept = _unread.Dequeue();
            if (wanted(kept)) return kept;
            _unread.Enqueue(kept);
        }

        while (true)
        {
            var message = await NextAsync(ct);
            if (wanted(message)) return message;
            _unread.Enqueue(message);
        }
    }

    public Task<JsonElement> ReadAsync(string verb, CancellationToken ct) =>
        ReadAsync(message => message[0].ValueEquals(verb), ct);

    /// <summary>Publishes and waits for the OK.</summary>
    public async Task<(bool Accepted, string Reason)> PublishAsync(NostrEvent e, CancellationToken ct)
    {
        await SendEventAsync(e, ct);
        var ok = await ReadAsync(message => message[0].ValueEquals("OK") && message[1].ValueEquals(e.Id), ct);
        return (ok[2].GetBoolean(), ok[3].GetString()!);
    }

    /// <summary>The stored events in the order they come, for filters as JSON. Then it closes.</summary>
    public async Task<IReadOnlyList<NostrEvent>> QueryAsync(string filters, CancellationToken ct)
    {
        var id = $"query {++_queries}";
        await SendAsync($"[\"REQ\",\"{id}\",{filters}]", ct);
        List<NostrEvent> found = [];
        while (true)
        {
            var message = await ReadAsync(m => m.GetArrayLength() > 1 && m[1].ValueEquals(id), ct);
            if (message[0].ValueEquals("CLOSED")) throw new InvalidOperationException(message[2].GetString());
            if (message[0].ValueEquals("EOSE")) break;
            found.Add(Event(message));
        }

        await SendAsync($"[\"CLOSE\",\"{id}\"]", ct);
        return found;
    }

    public async Task<string[]> QueryIdsAsync(string filters, CancellationToken ct) =>
        [.. (await QueryAsync(filters, ct)).Select(e => e.Id)];

    /// <summary>The event in an EVENT message.</summary>
    public static NostrEvent Event(JsonElement message) =>
        EventJson.TryParse(Encoding.UTF8.GetBytes(message[2].GetRawText()), out var problem)
        ?? throw new InvalidOperationException(problem!.Sentence);

    public static string Json(NostrEvent e) => Encoding.UTF8.GetString(EventJson.Write(e));

    public async ValueTask DisposeAsync()
    {
        _heard.Writer.TryComplete();
        _socket.Dispose();
        await _hearing;
    }

    async Task<JsonElement> NextAsync(CancellationToken ct)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timed.CancelAfter(AnswerTimeMax);
        try
        {
            return await _heard.Reader.ReadAsync(timed.Token);
        }
        catch (ChannelClosedException e) when (e.InnerException is { } lost)
        {
            ExceptionDispatchInfo.Throw(lost);
            throw;
        }
    }

    async Task HearAsync()
    {
        try
        {
            while (true) await _heard.Writer.WriteAsync(await ReceiveAsync());
        }
        catch (Exception e)
        {
            // It ends with its connection, whoever waits for a message then.
            _heard.Writer.TryComplete(e);
        }
    }

    async Task<JsonElement> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        ValueWebSocketReceiveResult read;
        do
        {
            read = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (read.MessageType == WebSocketMessageType.Close) throw new IOException($"Closed: {_socket.CloseStatus}");
            message.Write(buffer.AsSpan(0, read.Count));
        }
        while (!read.EndOfMessage);

        using var parsed = JsonDocument.Parse(message.GetBuffer().AsMemory(0, (int)message.Length));
        return parsed.RootElement.Clone();
    }
}
