using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Threading.RateLimiting;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>One connected client: reads its messages in order, checks them, and answers each.</summary>
sealed class RelaySession : IDisposable
{
    readonly WebSocket _socket;
    readonly RelayOptions _options;
    readonly EventStore _store;
    readonly TimeProvider _clock;
    readonly CancellationTokenSource _ended;
    readonly Outbound _outbound;
    readonly Admission _admission;
    readonly SemaphoreSlim _uncommitted;
    readonly Action<IncomingEvent, Verdict> _answer;
    readonly Dictionary<string, Subscription> _subscriptions = [];

    public RelaySession(
        WebSocket socket, RelayOptions options, EventStore store, TimeProvider clock, string host, CancellationToken ct)
    {
        (_socket, _options, _store, _clock) = (socket, options, store, clock);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _outbound = new(socket, store, options.OutboundBytesMax);
        _admission = new(options, clock, host, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        _uncommitted = new(options.UncommittedMax);
        _answer = Committed;
    }

    /// <summary>Serves the client until either side ends the connection. Never throws for what a client does.</summary>
    public async Task RunAsync(PartitionedRateLimiter<IPAddress> rates, IPAddress address)
    {
        using var held = _store.Hold();
        _outbound.Text(RelayFrames.Auth(_admission.Challenge));
        var sending = SendAsync();
        try
        {
            await ReceiveAsync(rates, address);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
        }

        foreach (var subscription in _subscriptions.Values) _store.Unsubscribe(subscription);
        await _ended.CancelAsync();
        await sending;
    }

    public void Dispose() => _ended.Dispose();

    async Task SendAsync()
    {
        try
        {
            await _outbound.RunAsync(_ended.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            await _ended.CancelAsync();
        }
    }

    async Task ReceiveAsync(PartitionedRateLimiter<IPAddress> rates, IPAddress address)
    {
        var buffer = new byte[8 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult read;
            do
            {
                if (length == buffer.Length) Array.Resize(ref buffer, length * 2);
                read = await _socket.ReceiveAsync(buffer.AsMemory(length), _ended.Token);
                length += read.Count;
                if (read.MessageType == WebSocketMessageType.Close || length > _options.MessageBytesMax)
                {
                    await CloseAsync(read.MessageType == WebSocketMessageType.Close);
                    return;
                }
            }
            while (!read.EndOfMessage);

            using var lease = rates.AttemptAcquire(address);
            var message = ClientMessage.Parse(buffer.AsSpan(0, length), _options.FiltersMax);
            if (lease.IsAcquired) await HandleAsync(message);
            else Refuse(message, "rate-limited: slow down");
        }
    }

    async Task HandleAsync(ClientMessage message)
    {
        if (message.Wrong is not null) Refuse(message, message.Wrong);
        else if (message.Verb == "EVENT") await PublishAsync(message.Event!);
        else if (message.Verb == "AUTH") Authenticate(message.Event!);
        else if (message.Verb == "REQ") Subscribe(message);
        else if (message.Verb == "COUNT") Count(message);
        else if (message.Verb == "CLOSE") Unsubscribe(message.SubId!);
    }

    /// <summary>Checks here, on the thread of the connection; only a welcome event reaches the writer.</summary>
    async Task PublishAsync(NostrEvent e)
    {
        if (_admission.Refuse(e) is { } refusal)
        {
            _outbound.Text(RelayFrames.Ok(e.Id, false, refusal));
            return;
        }

        var incoming = IncomingEvent.From(e, EventJson.Write(e));
        if (EventKinds.IsEphemeral(e.Kind))
        {
            _store.Broadcast(incoming);
            _outbound.Text(RelayFrames.Ok(e.Id, true, ""));
            return;
        }

        await _uncommitted.WaitAsync(_ended.Token);
        _store.Submit(incoming, _answer);
    }

    void Committed(IncomingEvent e, Verdict verdict)
    {
        var (accepted, reason) = verdict switch
        {
            Verdict.Stored => (true, ""),
            Verdict.Duplicate => (true, "duplicate: already have this event"),
            Verdict.Replaced => (true, "duplicate: have a newer event at this address"),
            Verdict.Deleted => (false, "blocked: its author deleted this event"),
            _ => (false, "error: the event could not be stored"),
        };
        _outbound.Text(RelayFrames.Ok(e.Event.Id, accepted, reason));
        _uncommitted.Release();
    }

    void Authenticate(NostrEvent e)
    {
        var refusal = _admission.Authenticate(e);
        _outbound.Text(RelayFrames.Ok(e.Id, refusal is null, refusal ?? ""));
    }

    void Subscribe(ClientMessage message)
    {
        var id = message.SubId!;
        Unsubscribe(id);
        if (RefuseToRead(message) is { } refusal)
        {
            Refuse(message, refusal);
            return;
        }

        var subscription = new Subscription(_outbound, RelayFrames.EventHead(id), Queries(message));
        _subscriptions.Add(id, subscription);
        _store.Subscribe(subscription, RelayFrames.EndOfStored(id));
    }

    void Count(ClientMessage message)
    {
        if (_admission.RefuseToRead(message.Filters) is { } refusal)
        {
            Refuse(message, refusal);
            return;
        }

        var all =
            message.Filters.Select(filter => Query.From(filter with { Limit = null }, int.MaxValue, int.MaxValue));
        _outbound.Text(RelayFrames.Count(message.SubId!, _store.Find([.. all]).Length));
    }

    void Unsubscribe(string id)
    {
        if (_subscriptions.Remove(id, out var open)) _store.Unsubscribe(open);
    }

    string? RefuseToRead(ClientMessage message) =>
        _subscriptions.Count >= _options.SubscriptionsMax
            ? $"restricted: at most {_options.SubscriptionsMax} subscriptions on one connection"
            : _admission.RefuseToRead(message.Filters);

    Query[] Queries(ClientMessage message) =>
        [.. message.Filters.Select(filter => Query.From(filter, _options.LimitDefault, _options.LimitMax))];

    /// <summary>OK false for an event, CLOSED for a subscription, a notice where neither can be named.</summary>
    void Refuse(ClientMessage message, string reason) => _outbound.Text(
        message.Event is { } e ? RelayFrames.Ok(e.Id, false, reason) :
        message.SubId is { } id ? RelayFrames.Closed(id, reason) :
        RelayFrames.Notice(reason));

    async Task CloseAsync(bool asked)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1), _clock);
        if (asked) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, soon.Token);
        else await _socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, "message too big", soon.Token);
    }
}
