using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace PoA.Nostr.Relays;

/// <summary>
/// One socket to one relay: one loop that reads, one that writes. An OK finds its publisher by the event's id; events
/// find whoever asked by the subscription's id. Every queue is bounded: when we are slow the socket is not read, and
/// TCP tells the relay.
/// </summary>
sealed class RelayConnection : IAsyncDisposable
{
    /// <summary>
    /// Longer messages are skipped: no event that we accept needs them, no reconciliation frame either.
    /// </summary>
    const int MessageBytesMax = Limits.RelayMessageBytesMax;

    /// <summary>An event of the largest size that we accept, and what stands around it.</summary>
    const int DeliveryBytesMax = Limits.EventBytesMax + 128;

    const int FirstBufferBytes = 16 * 1024;
    const int OutgoingMax = 512;
    const int ChallengeCharsMax = 512;
    static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(20);
    static readonly TimeSpan AuthEvery = TimeSpan.FromSeconds(5);

    readonly ClientWebSocket _socket;
    readonly TimeProvider _clock;
    readonly Channel<ReadOnlyMemory<byte>> _outgoing = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(OutgoingMax) { SingleReader = true });

    readonly ConcurrentDictionary<string, TaskCompletionSource<RelayReason?>> _publishing = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, IRelayInbound> _open = new(StringComparer.Ordinal);
    readonly CancellationTokenSource _end = new();
    readonly SemaphoreSlim _signingIn = new(1, 1);
    string? _challenge;
    string? _answered;
    bool _signedIn;
    long _signedAt;
    long _heardAt;
    Task _loops = Task.CompletedTask;

    RelayConnection(ClientWebSocket socket, string url, TimeProvider clock)
    {
        (_socket, Url, _clock) = (socket, url, clock);
        Ended = _end.Token;
        _heardAt = clock.GetTimestamp();
    }

    public string Url { get; }

    /// <summary>Cancelled when the connection is over.</summary>
    public CancellationToken Ended { get; }

    public TimeSpan Silence => _clock.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <exception cref="Exception">Whatever kept the handshake from ending in time.</exception>
    public static async Task<RelayConnection> ConnectAsync(
        string url, HttpMessageInvoker dial, TimeSpan timeout, TimeProvider clock, CancellationToken ct)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = PingEvery;
            socket.Options.KeepAliveTimeout = PingEvery;
            using var late = new CancellationTokenSource(timeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
            await socket.ConnectAsync(new(url), dial, either.Token);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var connection = new RelayConnection(socket, url, clock);
        connection._loops = connection.RunAsync();
        return connection;
    }

    /// <summary>Queues a message. False when the connection ended first.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message)
    {
        if (_outgoing.Writer.TryWrite(message)) return true;
        try
        {
            await _outgoing.Writer.WriteAsync(message, Ended);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>Routes what comes under the id to the taker, before the question is sent.</summary>
    public async ValueTask<bool> OpenAsync(string id, IRelayInbound taker, ReadOnlyMemory<byte> question)
    {
        _open[id] = taker;
        if (await SendAsync(question)) return true;
        _open.TryRemove(id, out _);
        return false;
    }

    /// <summary>Nothing more is routed to the taker. The relay is told, unless it closed first.</summary>
    public async ValueTask CloseAsync(string id, ReadOnlyMemory<byte> farewell)
    {
        if (_open.TryRemove(id, out _)) await SendAsync(farewell);
    }

    /// <summary>Sends an event and waits for its OK.</summary>
    public async Task<RelayAnswer> PublishAsync(string id, ReadOnlyMemory<byte> message, TimeSpan timeout)
    {
        var waiting = _publishing.GetOrAdd(
            id, _ => new TaskCompletionSource<RelayReason?>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            if (!await SendAsync(message)) return NoAnswer("The connection ended.");
            return await waiting.Task.WaitAsync(timeout, _clock, Ended) switch
            {
                null => new(Url, RelayOutcome.Accepted, default),
                { Word: RelayWord.Duplicate } reason => new(Url, RelayOutcome.Accepted, reason),
                { } reason => new(Url, RelayOutcome.Refused, reason),
            };
        }
        catch (TimeoutException)
        {
            return NoAnswer("No OK came in time.");
        }
        catch (OperationCanceledException)
        {
            return NoAnswer("The connection ended before the OK.");
        }
        finally
        {
            _publishing.TryRemove(id, out _);
        }
    }

    /// <summary>
    /// Signs in with the relay's last challenge (NIP-42), each challenge once and not more often than every few
    /// seconds, whatever the relay sends. True when it let us in.
    /// </summary>
    public async Task<bool> SignInAsync(ISigner signer, TimeSpan timeout)
    {
        await _signingIn.WaitAsync(CancellationToken.None);
        try
        {
            var challenge = Volatile.Read(ref _challenge);
            if (challenge is null) return false;
            if (challenge == _answered) return _signedIn;
            if (_answered is not null && _clock.GetElapsedTime(_signedAt) < AuthEvery) return _signedIn;

            (_answered, _signedAt, _signedIn) = (challenge, _clock.GetTimestamp(), false);
            var signed = await signer.SignAsync(
                new(22_242, _clock.GetUtcNow().ToUnixTimeSeconds(), [["relay", Url], ["challenge", challenge]], ""),
                Ended);
            var answer = await PublishAsync(signed.Id, ClientMessages.Write(new ClientMessage.Auth(signed)), timeout);
            return _signedIn = answer.Outcome == RelayOutcome.Accepted;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            _signingIn.Release();
        }
    }

    public void Abort() => End();

    public async ValueTask DisposeAsync()
    {
        End();
        try
        {
            await _loops;
        }
        finally
        {
            _socket.Dispose();
            _signingIn.Dispose();
        }
    }

    RelayAnswer NoAnswer(string why) => new(Url, RelayOutcome.NoAnswer, new(RelayWord.None, why));

    Task RunAsync() => Task.WhenAll(Task.Run(ReadAsync), Task.Run(WriteAsync));

    async Task WriteAsync()
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(Ended))
            {
                await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, Ended);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The socket is gone, and its reader says so to everybody.
        }

        End();
    }

    async Task ReadAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var (length, skipping) = (0, false);
            while (true)
            {
                if (length == buffer.Length) (buffer, length, skipping) = Grow(buffer, length);
                var got = await _socket.ReceiveAsync(buffer.AsMemory(length), Ended);
                if (got.MessageType == WebSocketMessageType.Close) break;

                length = skipping ? 0 : length + got.Count;
                if (!got.EndOfMessage) continue;

                Volatile.Write(ref _heardAt, _clock.GetTimestamp());
                if (!skipping) await TakeAsync(buffer.AsMemory(0, length));
                (length, skipping) = (0, false);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // Whatever ended it, the relay is dialled again.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            End();
        }
    }

    /// <summary>
    /// A longer buffer with the same beginning; at the bound, the rest of the message is thrown away.
    /// </summary>
    static (byte[] Buffer, int Length, bool Skipping) Grow(byte[] buffer, int length)
    {
        if (length >= MessageBytesMax) return (buffer, 0, true);
        var longer = ArrayPool<byte>.Shared.Rent(length * 2);
        buffer.AsSpan(0, length).CopyTo(longer);
        ArrayPool<byte>.Shared.Return(buffer);
        return (longer, length, false);
    }

    async ValueTask TakeAsync(ReadOnlyMemory<byte> message)
    {
        switch (RelayMessages.Parse(message.Span))
        {
            case RelayMessage.Delivery said when _open.TryGetValue(said.Subscription, out var taker):
                if (message.Length <= DeliveryBytesMax) await taker.EventAsync(said.Event);
                break;
            case RelayMessage.Ok said when _publishing.TryRemove(said.EventId, out var waiting):
                waiting.TrySetResult(said.Accepted ? null : RelayReason.Parse(said.Reason));
                break;
            case RelayMessage.EndOfStored said when _open.TryGetValue(said.Subscription, out var taker):
                taker.Eose();
                break;
            case RelayMessage.Closed said when _open.TryRemove(said.Subscription, out var taker):
                taker.Closed(RelayReason.Parse(said.Reason));
                break;
            case RelayMessage.NegError said when _open.TryRemove(said.Subscription, out var taker):
                taker.Closed(RelayReason.Parse(said.Reason));
                break;
            case RelayMessage.NegMessage said when _open.TryGetValue(said.Subscription, out var taker):
                taker.Reconciled(said.Message);
                break;
            case RelayMessage.Notice:
                foreach (var taker in _open.Values.OfType<RelayReconciling>()) taker.Noticed();
                break;
            case RelayMessage.Challenge { Value.Length: <= ChallengeCharsMax } said:
                Volatile.Write(ref _challenge, said.Value);
                break;
            default:
                break;
        }
    }

    void End()
    {
        if (!_outgoing.Writer.TryComplete()) return;
        _end.Cancel();
        foreach (var id in _open.Keys)
        {
            if (_open.TryRemove(id, out var taker)) taker.Lost();
        }
    }
}
