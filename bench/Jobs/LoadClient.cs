using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace PoA.Nostr.Bench.Jobs;

/// <summary>
/// A customer over a plain WebSocket: sends requests that were signed before, and notes when the first feedback and the
/// result of each arrive. It verifies nothing: the cost that is measured is the service's.
/// </summary>
sealed class LoadClient(SecretKey key, ConcurrentDictionary<string, Request> requests, bool accepts = false)
    : IAsyncDisposable
{
    readonly ClientWebSocket _socket = new();
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SemaphoreSlim _sending = new(1, 1);
    Task _reading = Task.CompletedTask;

    /// <summary>Connects and subscribes to every answer to this customer; returns when the relay said EOSE.</summary>
    public async Task OpenAsync(string relay, CancellationToken ct)
    {
        await _socket.ConnectAsync(new Uri(relay), ct);
        _reading = ReadAsync(_stop.Token);
        var since = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60;
        var ask = $$"""["REQ","answers",{"kinds":[6001,6400,6302,7000],"#p":["{{key.Pubkey}}"],"since":{{since}}}]""";
        await _socket.SendAsync(Encoding.UTF8.GetBytes(ask), WebSocketMessageType.Text, endOfMessage: true, ct);
        await _subscribed.Task.WaitAsync(ct);
    }

    public async Task PublishAsync(Request request, CancellationToken ct)
    {
        request.SentAt = Stopwatch.GetTimestamp();
        await SendAsync(request.Frame, ct);
    }

    async Task SendAsync(byte[] frame, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await _socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>A result is accepted by a reaction (NIP-25), which settles the job.</summary>
    Task AcceptAsync(ReadOnlySpan<byte> message, CancellationToken ct)
    {
        using var parsed = JsonDocument.Parse(message.ToArray());
        var result = parsed.RootElement[2];
        string[][] tags =
        [
            ["e", result.GetProperty("id").GetString()!], ["p", result.GetProperty("pubkey").GetString()!],
            ["k", "6001"],
        ];
        var reaction = key.Sign(new(7, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), tags, "+"));
        return SendAsync([.. "[\"EVENT\","u8, .. EventJson.Write(reaction), (byte)']'], ct);
    }

    async Task ReadAsync(CancellationToken ct)
    {
        var buffer = new byte[256 * 1024];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), ct);
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close) return;
                if (Note(buffer.AsSpan(0, length)) && accepts) await AcceptAsync(buffer.AsSpan(0, length), ct);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>True for the first result of a request of ours.</summary>
    bool Note(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("[\"EOSE\""u8)) _subscribed.TrySetResult();
        if (!message.StartsWith("[\"EVENT\""u8)) return false;
        var now = Stopwatch.GetTimestamp();
        var reader = new Utf8JsonReader(message);
        var (kind, request) = (0, "");
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("kind"u8))
            {
                reader.Read();
                kind = reader.GetInt32();
            }
            else if (reader is { TokenType: JsonTokenType.String, CurrentDepth: 4 } && reader.ValueTextEquals("e"u8))
            {
                reader.Read();
                request = reader.GetString()!;
            }
        }

        return requests.TryGetValue(request, out var known) && known.Answer(kind, now);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
        _stop.Dispose();
    }
}

/// <summary>One request, ready to send, and when its answers came (in ticks of the stopwatch).</summary>
sealed class Request(string id, byte[] frame)
{
    long _firstFeedback;
    long _result;
    int _results;

    public string Id { get; } = id;

    public byte[] Frame { get; } = frame;

    public long SentAt { get; set; }

    public int Results => _results;

    public bool IsAnswered => Volatile.Read(ref _result) != 0;

    public double? FeedbackMs => Since(Volatile.Read(ref _firstFeedback));

    public double? ResultMs => Since(Volatile.Read(ref _result));

    public bool Answer(int kind, long at)
    {
        if (kind == 7_000)
        {
            Interlocked.CompareExchange(ref _firstFeedback, at, 0);
            return false;
        }

        Interlocked.Increment(ref _results);
        return Interlocked.CompareExchange(ref _result, at, 0) == 0;
    }

    double? Since(long at) => at == 0 ? null : Stopwatch.GetElapsedTime(SentAt, at).TotalMilliseconds;
}
