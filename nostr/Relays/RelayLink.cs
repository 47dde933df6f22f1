using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace PoA.Nostr.Relays;

/// <summary>
/// One relay, over any number of connections: it dials, never gives up, asks every wanted subscription again, and
/// probes a silent relay. A stranger's relay is left when nobody needs it any more.
/// </summary>
public sealed partial class RelayLink : IAsyncDisposable
{
    const int ReconciliationBytesMax = 60_000;
    static readonly Filter Nothing = new() { Ids = [new('0', 64)], Limit = 1 };

    readonly RelayPool _pool;
    readonly ILogger _log;
    readonly Backoff _backoff;
    readonly ConcurrentDictionary<RelaySubscription, bool> _wanted = [];
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _informed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _loop;
    TaskCompletionSource<RelayConnection> _connected = Waiting();
    volatile RelayConnection? _connection;
    long _usedAt;
    int _named;
    int _publishing;

    internal RelayLink(RelayPool pool, string url, bool stranger)
    {
        (_pool, _log, Url, IsStranger) = (pool, pool.Log, url, stranger);
        _backoff = new(pool.Options.RetryMin, pool.Options.RetryMax);
        Touch();
        _loop = Task.Run(RunAsync);
    }

    public string Url { get; }

    /// <summary>The URL came from an event: it is vetted before it is dialled, and left when it is idle.</summary>
    public bool IsStranger { get; }

    public bool IsConnected => _connection is { Ended.IsCancellationRequested: false };

    public RelayInformation Information { get; private set; } = new();

    /// <summary>Why the last attempt to connect failed, while there is no connection.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Unix seconds, by our clock.</summary>
    public long Now => Clock.GetUtcNow().ToUnixTimeSeconds();

    internal RelayConnection? Connection => _connection;

    internal TimeProvider Clock => _pool.Clock;

    internal bool CanSignIn => _pool.Signer is not null && !IsStranger;

    internal bool IsIdle =>
        IsStranger && _wanted.IsEmpty && Clock.GetElapsedTime(Volatile.Read(ref _usedAt)) > _pool.Options.StrangerIdle;

    /// <summary>Keeps a question open at this relay until it is disposed.</summary>
    public async Task<RelaySubscription> SubscribeAsync(
        string name, IReadOnlyList<Filter> filters, Func<NostrEvent, ValueTask> takeAsync)
    {
        var subscription = new RelaySubscription(this, NextName(name), filters, takeAsync);
        _wanted[subscription] = true;
        if (_connection is { } connection) await subscription.AskAsync(connection);
        return subscription;
    }

    /// <summary>
    /// Asks once and hands over what the relay keeps until EOSE. Signs in when that is asked for. The taker sees
    /// events that are neither verified nor known to match.
    /// </summary>
    public async Task<(AnswerEnd End, RelayReason Reason)> AskAsync(
        IReadOnlyList<Filter> filters, Func<NostrEvent, ValueTask> takeAsync, CancellationToken ct)
    {
        Touch();
        if (await ConnectedAsync(ct) is not { } connection) return (AnswerEnd.Disconnected, default);

        var answer = await AskOnceAsync(connection, filters, takeAsync, ct);
        return answer is (AnswerEnd.Closed, { Word: RelayWord.AuthRequired }) && await SignInAsync(connection)
            ? await AskOnceAsync(connection, filters, takeAsync, ct)
            : answer;
    }

    /// <summary>
    /// Compares what the relay keeps under a filter with ours (NIP-77). The ids are those that only the relay has.
    /// </summary>
    public async Task<(ReconciliationEnd End, IReadOnlyCollection<string> Need)> ReconcileAsync(
        Filter filter, ReconciledSet ours, CancellationToken ct)
    {
        if (await ConnectedAsync(ct) is not { } connection) return (ReconciliationEnd.Failed, []);

        // Two hex digits a byte, and room for the filter around it.
        var room = ((Information.Limitation.MaxMessageLength ?? Limits.ClientMessageBytesMax) / 2) - 4_096;
        var bytesMax = (int)Math.Clamp(room, 4_096, ReconciliationBytesMax);
        var comparison = new RelayReconciling(new(ours, bytesMax), Clock);
        var end = await comparison.RunAsync(connection, NextName("neg"), filter, _pool.Options.AnswerTimeout, ct);
        return (end, comparison.Need);
    }

    /// <summary>What the relay says of itself, once it was asked for it on some connection.</summary>
    public async Task<RelayInformation> InformedAsync(CancellationToken ct)
    {
        await _informed.Task.WaitAsync(ct);
        return Information;
    }

    /// <summary>Waits for a connection up to the time for publishing, then for the OK.</summary>
    public async Task<RelayAnswer> PublishAsync(string id, ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        Touch();
        if (message.Length > (Information.Limitation.MaxMessageLength ?? int.MaxValue))
        {
            return new(Url, RelayOutcome.Refused, new(RelayWord.Invalid, "The event is over the relay's limit."));
        }

        try
        {
            return Interlocked.Increment(ref _publishing) <= _pool.Options.PublishesMax
                ? await PublishNowAsync(id, message, ct)
                : NoAnswer("Too many events wait for its OK.");
        }
        finally
        {
            Interlocked.Decrement(ref _publishing);
        }
    }

    async Task<RelayAnswer> PublishNowAsync(string id, ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        if (await ConnectedAsync(ct) is not { } connection) return NoAnswer(LastFailure ?? "Not connected.");

        var answer = await connection.PublishAsync(id, message, _pool.Options.PublishTimeout);
        return answer.Reason.Word == RelayWord.AuthRequired && await SignInAsync(connection)
            ? await connection.PublishAsync(id, message, _pool.Options.PublishTimeout)
            : answer;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    internal void Forget(RelaySubscription subscription) => _wanted.TryRemove(subscription, out _);

    internal Task<bool> SignInAsync(RelayConnection connection) =>
        CanSignIn ? connection.SignInAsync(_pool.Signer!, _pool.Options.PublishTimeout) : Task.FromResult(false);

    internal void Noted(ClosedStep step, RelayReason reason, TimeSpan delay)
    {
        if (step == ClosedStep.Refused) LogRefused(Url, reason.Text, delay);
        else LogClosed(Url, reason.Text, step, delay);
    }

    internal string NextName(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}{Interlocked.Increment(ref _named)}");

    async Task<(AnswerEnd End, RelayReason Reason)> AskOnceAsync(
        RelayConnection connection, IReadOnlyList<Filter> filters, Func<NostrEvent, ValueTask> takeAsync,
        CancellationToken ct)
    {
        var id = NextName("ask");
        var question = new RelayQuestion(takeAsync, Clock);
        if (!await connection.OpenAsync(id, question, ClientMessages.Write(new ClientMessage.Request(id, filters))))
        {
            return (AnswerEnd.Disconnected, default);
        }

        try
        {
            return await question.EndAsync(_pool.Options.AnswerTimeout, ct);
        }
        finally
        {
            await connection.CloseAsync(id, ClientMessages.Write(new ClientMessage.Close(id)));
        }
    }

    /// <summary>The connection, or null when there is none within the time for publishing.</summary>
    internal async ValueTask<RelayConnection?> ConnectedAsync(CancellationToken ct)
    {
        if (_connection is { Ended.IsCancellationRequested: false } connection) return connection;
        try
        {
            return await Volatile.Read(ref _connected).Task.WaitAsync(_pool.Options.PublishTimeout, Clock, ct);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var from = Clock.GetTimestamp();
                if (await TryConnectAsync() is { } connection)
                {
                    await LiveAndEndAsync(connection);
                    LogLost(Url);
                    if (Clock.GetElapsedTime(from) >= _pool.Options.WellAfter) _backoff.Reset();
                }

                await Task.Delay(_backoff.Next(), Clock, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The link is disposed.
        }
        finally
        {
            _connected.TrySetCanceled();
        }
    }

    async Task<RelayConnection?> TryConnectAsync()
    {
        try
        {
            var connection = await RelayConnection.ConnectAsync(
                Url, _pool.DialerOf(this), _pool.Options.ConnectTimeout, Clock, _stop.Token);
            LastFailure = null;
            LogConnected(Url);
            return connection;
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or ProblemException
            or InvalidOperationException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            LastFailure = e.Message;
            LogFailed(Url, e.Message);
            return null;
        }
    }

    /// <summary>Whatever goes wrong on one connection, the relay is dialled again.</summary>
    async Task LiveAndEndAsync(RelayConnection connection)
    {
        try
        {
            await using (connection) await LiveAsync(connection);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(Url, e);
        }
    }

    /// <summary>From the handshake to the end of the connection.</summary>
    async Task LiveAsync(RelayConnection connection)
    {
        using var stopping = _stop.Token.Register(() => connection.Abort());
        _connection = connection;
        _connected.TrySetResult(connection);
        try
        {
            foreach (var subscription in _wanted.Keys) await subscription.AskAsync(connection);
            var asked = await Nip11Words.FetchAsync(
                Url, _pool.DialerOf(this), _pool.Options.AnswerTimeout, Clock, connection.Ended);
            if (asked is not null) Information = asked;
            _informed.TrySetResult();
            await ProbeAsync(connection);
        }
        catch (OperationCanceledException) when (connection.Ended.IsCancellationRequested)
        {
            // It is over.
        }
        finally
        {
            _connection = null;
            _connected = Waiting();
        }
    }

    /// <summary>
    /// Half-open sockets look healthy: after a silence we ask for nothing, and want to hear its EOSE.
    /// </summary>
    async Task ProbeAsync(RelayConnection connection)
    {
        while (true)
        {
            await Task.Delay(_pool.Options.ProbeAfter / 2, Clock, connection.Ended);
            if (connection.Silence < _pool.Options.ProbeAfter) continue;

            var (end, _) = await AskOnceAsync(connection, [Nothing], _ => ValueTask.CompletedTask, connection.Ended);
            if (end is AnswerEnd.Eose or AnswerEnd.Closed) continue;
            LogHalfOpen(Url);
            return;
        }
    }

    RelayAnswer NoAnswer(string why) => new(Url, RelayOutcome.NoAnswer, new(RelayWord.None, why));

    void Touch() => Volatile.Write(ref _usedAt, Clock.GetTimestamp());

    static TaskCompletionSource<RelayConnection> Waiting() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Information, "Connected to {Relay}")]
    partial void LogConnected(string relay);

    [LoggerMessage(LogLevel.Warning, "Lost {Relay}, dialling again")]
    partial void LogLost(string relay);

    [LoggerMessage(LogLevel.Error, "What {Relay} sent could not be taken, dialling again")]
    partial void LogFault(string relay, Exception e);

    [LoggerMessage(LogLevel.Debug, "No connection to {Relay}: {Reason}")]
    partial void LogFailed(string relay, string reason);

    [LoggerMessage(LogLevel.Warning, "{Relay} is silent although its socket is open: dropped")]
    partial void LogHalfOpen(string relay);

    [LoggerMessage(LogLevel.Information, "{Relay} closed a subscription ({Reason}): {Step} in {Delay}")]
    partial void LogClosed(string relay, string reason, ClosedStep step, TimeSpan delay);

    [LoggerMessage(LogLevel.Warning, "{Relay} refuses a subscription ({Reason}): asked again in {Delay}")]
    partial void LogRefused(string relay, string reason, TimeSpan delay);
}
