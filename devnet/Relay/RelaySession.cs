using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Threading.RateLimiting;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>One connected client: reads its messages in order, checks them, and answers each.</summary>
sealed class RelaySession : IDisposable
{
    readonly RelayOptions _options;
    readonly EventStore _store;
    readonly CancellationTokenSource _ended;
    readonly RelayInbound _inbound;
    readonly Outbound _outbound;
    readonly Admission _admission;
    readonly SemaphoreSlim _uncommitted;
    readonly Action<IncomingEvent, Verdict> _answer;
    readonly Dictionary<string, Subscription> _subscriptions = [];
    readonly Dictionary<string, Reconciliation> _reconciliations = [];

    public RelaySession(
        WebSocket socket, RelayOptions options, EventStore store, TimeProvider clock, string host, CancellationToken ct)
    {
        (_options, _store) = (options, store);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _inbound = new(socket);
        _outbound = new(socket, store, options.OutboundBytesMax);
        _admission = new(options, clock, host, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        _uncommitted = new(options.UncommittedMax);
        _answer = Committed;
    }

    /// <summary>Serves the client until either side ends the connection. Never throws for what a client does.</summary>
    public async Task RunAsync(PartitionedRateLimiter<IPAddress> rates, IPAddress address)
    {
        using var held = _store.Hold();
        Say(new RelayMessage.Challenge(_admission.Challenge));
        var sending = UntilEndedAsync(_outbound.RunAsync(_ended.Token));
        await UntilEndedAsync(ReceiveAsync(rates, address));
        foreach (var subscription in _subscriptions.Values) _store.Unsubscribe(subscription);
        await _ended.CancelAsync();
        await sending;
    }

    public void Dispose() => _ended.Dispose();

    /// <summary>A connection ends in many ways, and none of them is our fault.</summary>
    async Task UntilEndedAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            await _ended.CancelAsync();
        }
    }

    async Task ReceiveAsync(PartitionedRateLimiter<IPAddress> rates, IPAddress address)
    {
        while (await _inbound.ReadAsync(_ended.Token) is { } utf8)
        {
            var message = ClientMessages.Parse(utf8.Span);
            using var lease = rates.AttemptAcquire(address);
            if (lease.IsAcquired) await HandleAsync(message);
            else Refuse(message, "rate-limited: slow down");
        }
    }

    async ValueTask HandleAsync(ClientMessage message)
    {
        switch (message)
        {
            case ClientMessage.Publish(var e):
                await PublishAsync(e);
                break;
            case ClientMessage.Request request:
                Subscribe(request);
                break;
            case ClientMessage.Close(var subscription):
                Unsubscribe(subscription);
                break;
            case ClientMessage.Count count:
                Count(count);
                break;
            case ClientMessage.Auth(var e):
                var refusal = _admission.Authenticate(e);
                Say(new RelayMessage.Ok(e.Id, refusal is null, refusal ?? ""));
                break;
            case ClientMessage.NegOpen open:
                Reconcile(open);
                break;
            case ClientMessage.NegMessage(var subscription, var bytes):
                Reconcile(subscription, bytes);
                break;
            case ClientMessage.NegClose(var subscription):
                _reconciliations.Remove(subscription);
                break;
            case ClientMessage.Unreadable unreadable:
                Refuse(unreadable, unreadable.Problem.RelayReason());
                break;
        }
    }

    /// <summary>Checks here, on the thread of the connection; only a welcome event reaches the writer.</summary>
    async ValueTask PublishAsync(NostrEvent e)
    {
        if (_admission.Refuse(e) is { } refusal)
        {
            Say(new RelayMessage.Ok(e.Id, false, refusal));
            return;
        }

        var incoming = IncomingEvent.From(e, EventJson.Write(e));
        if (EventKinds.IsEphemeral(e.Kind))
        {
            _store.Broadcast(incoming);
            Say(new RelayMessage.Ok(e.Id, true, ""));
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
            Verdict.Full => (false, "error: the event could not be written"),
        };
        Say(new RelayMessage.Ok(e.Event.Id, accepted, reason));
        _uncommitted.Release();
    }

    void Subscribe(ClientMessage.Request request)
    {
        Unsubscribe(request.Subscription);
        var refusal = _subscriptions.Count >= _options.SubscriptionsMax
            ? $"restricted: at most {_options.SubscriptionsMax} subscriptions on one connection"
            : _admission.RefuseToRead(request.Filters);
        if (refusal is not null)
        {
            Refuse(request, refusal);
            return;
        }

        Query[] queries = [.. request.Filters.Select(
            filter => Query.From(filter, _options.LimitDefault, _options.LimitMax))];
        var subscription = new Subscription(_outbound, RelayFrames.EventHead(request.Subscription), queries);
        _subscriptions.Add(request.Subscription, subscription);
        _store.Subscribe(subscription, RelayMessages.Write(new RelayMessage.EndOfStored(request.Subscription)));
    }

    void Unsubscribe(string id)
    {
        if (_subscriptions.Remove(id, out var open)) _store.Unsubscribe(open);
    }

    void Count(ClientMessage.Count count)
    {
        if (_admission.RefuseToRead(count.Filters) is { } refusal)
        {
            Refuse(count, refusal);
            return;
        }

        var found = _store.Find([.. count.Filters.Select(filter => Query.From(filter, int.MaxValue, int.MaxValue))]);
        Say(new RelayMessage.Count(count.Subscription, found.Length));
    }

    void Reconcile(ClientMessage.NegOpen open)
    {
        _reconciliations.Remove(open.Subscription);
        var refusal = _reconciliations.Count >= _options.ReconciliationsMax
            ? $"blocked: at most {_options.ReconciliationsMax} reconciliations on one connection"
            : _admission.RefuseToRead([open.Filter]);
        if (refusal is not null)
        {
            Refuse(open, refusal);
            return;
        }

        var places = _store.Find([Query.From(open.Filter, _options.ReconciledMax + 1, _options.ReconciledMax + 1)]);
        if (places.Length > _options.ReconciledMax)
        {
            Refuse(open, "blocked: this query is too big");
            return;
        }

        var set = new ReconciledSet(places.Select(_store.Item));
        _reconciliations[open.Subscription] = new(set, RelayOptions.ReconciliationBytesMax);
        Reconcile(open.Subscription, open.Message);
    }

    void Reconcile(string subscription, byte[] message)
    {
        if (!_reconciliations.TryGetValue(subscription, out var open))
        {
            Say(new RelayMessage.NegError(subscription, "closed: there is no such reconciliation"));
        }
        else if (open.Answer(message, out var problem) is { } answer)
        {
            Say(new RelayMessage.NegMessage(subscription, answer));
        }
        else
        {
            _reconciliations.Remove(subscription);
            Say(new RelayMessage.NegError(subscription, problem!.RelayReason()));
        }
    }

    /// <summary>Each message is refused in its own way; a notice says it where nothing can be named.</summary>
    void Refuse(ClientMessage message, string reason) => Say(message switch
    {
        ClientMessage.Publish(var e) => new RelayMessage.Ok(e.Id, false, reason),
        ClientMessage.Auth(var e) => new RelayMessage.Ok(e.Id, false, reason),
        ClientMessage.Request request => new RelayMessage.Closed(request.Subscription, reason),
        ClientMessage.Count count => new RelayMessage.Closed(count.Subscription, reason),
        ClientMessage.NegOpen open => new RelayMessage.NegError(open.Subscription, reason),
        ClientMessage.NegMessage(var subscription, _) => new RelayMessage.NegError(subscription, reason),
        ClientMessage.Unreadable { Verb: "EVENT" or "AUTH", Subject: { } id } => new RelayMessage.Ok(id, false, reason),
        ClientMessage.Unreadable { Verb: "REQ" or "COUNT", Subject: { } id } => new RelayMessage.Closed(id, reason),
        ClientMessage.Unreadable { Verb: "NEG-OPEN" or "NEG-MSG", Subject: { } id } =>
            new RelayMessage.NegError(id, reason),
        _ => new RelayMessage.Notice(reason),
    });

    void Say(RelayMessage message) => _outbound.Text(RelayMessages.Write(message));
}
