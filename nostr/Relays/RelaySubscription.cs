using System.Globalization;

namespace PoA.Nostr.Relays;

/// <summary>
/// A question that stays open at one relay for as long as we want it, over any number of connections. It is asked
/// again after every reconnection and, by <see cref="ClosedPolicy"/>, whenever the relay closes it.
/// </summary>
public sealed class RelaySubscription : IAsyncDisposable
{
    const int PartsMax = 16;

    readonly Lock _lock = new();
    readonly RelayLink _link;
    readonly string _name;
    readonly Func<NostrEvent, ValueTask> _takeAsync;
    List<Part> _parts;
    int _named;
    TaskCompletionSource<int> _nextLive = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _lives;
    volatile bool _ended;

    internal RelaySubscription(
        RelayLink link, string name, IReadOnlyList<Filter> filters, Func<NostrEvent, ValueTask> takeAsync)
    {
        (_link, _name, _takeAsync) = (link, name, takeAsync);
        _parts = [new(this, NextId(), filters)];
    }

    /// <summary>Every part of the question is open at the relay, which has acknowledged it by an EOSE.</summary>
    public bool IsLive
    {
        get
        {
            lock (_lock) return !_ended && _parts.TrueForAll(part => part.Live);
        }
    }

    /// <summary>The last reason for which the relay closed it, while it is not live.</summary>
    public RelayReason? LastRefusal { get; private set; }

    /// <summary>
    /// Waits until the subscription has become live more often than so many times, and says how often it has: each
    /// time, something may have been missed before.
    /// </summary>
    public async Task<int> LiveAgainAsync(int after, CancellationToken ct)
    {
        while (true)
        {
            Task<int> next;
            lock (_lock)
            {
                if (_lives > after) return _lives;
                next = _nextLive.Task;
            }

            await next.WaitAsync(ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ended = true;
        _link.Forget(this);
        Part[] parts;
        lock (_lock) parts = [.. _parts];
        if (_link.Connection is not { } connection) return;
        foreach (var part in parts)
        {
            await connection.CloseAsync(part.Id, ClientMessages.Write(new ClientMessage.Close(part.Id)));
        }
    }

    internal async Task AskAsync(RelayConnection connection)
    {
        Part[] parts;
        lock (_lock) parts = [.. _parts];
        foreach (var part in parts) await part.AskAsync(connection);
    }

    string NextId() => string.Create(CultureInfo.InvariantCulture, $"{_name}-{_named++}");

    void Noticed(Part part, bool live)
    {
        lock (_lock)
        {
            if (part.Live == live) return;
            part.Live = live;
            if (!live || !_parts.TrueForAll(one => one.Live)) return;

            LastRefusal = null;
            _lives++;
            _nextLive.TrySetResult(_lives);
            _nextLive = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Puts plainer parts in the place of one that the relay did not understand.</summary>
    List<Part> Replace(Part part)
    {
        lock (_lock)
        {
            List<Part> plainer = [.. Plainer(part.Filters).Select(filters => new Part(this, NextId(), filters))];
            _parts = [.. _parts.Where(one => one != part), .. plainer];
            return plainer;
        }
    }

    /// <summary>One question a filter; then without limit:0, which some relays refuse; then by kinds.</summary>
    internal static IReadOnlyList<IReadOnlyList<Filter>> Plainer(IReadOnlyList<Filter> filters) => filters switch
    {
        { Count: > 1 } => [.. filters.Select(filter => (IReadOnlyList<Filter>)[filter])],
        [{ Limit: 0 } filter] => [[filter with { Limit = 1 }]],
        [{ } filter] when PastEvents.Parts(filter) is { Count: > 1 and <= PartsMax } parts =>
            [.. parts.Select(one => (IReadOnlyList<Filter>)[one])],
        _ => [],
    };

    /// <summary>One REQ of the subscription.</summary>
    sealed class Part(RelaySubscription whole, string id, IReadOnlyList<Filter> filters) : IRelayInbound
    {
        int _closedInARow;
        RelayConnection? _asked;

        public string Id => id;

        public IReadOnlyList<Filter> Filters => filters;

        public bool Live { get; set; }

        public async Task AskAsync(RelayConnection connection)
        {
            if (whole._ended) return;
            _asked = connection;
            await connection.OpenAsync(id, this, ClientMessages.Write(new ClientMessage.Request(id, filters)));
        }

        public ValueTask EventAsync(NostrEvent received) =>
            whole._ended ? ValueTask.CompletedTask : whole._takeAsync(received);

        public void Eose()
        {
            _closedInARow = 0;
            whole.Noticed(this, live: true);
        }

        public void Lost() => whole.Noticed(this, live: false);

        public void Reconciled(byte[] message)
        {
        }

        public void Closed(RelayReason reason)
        {
            whole.Noticed(this, live: false);
            whole.LastRefusal = reason;
            if (!whole._ended) _ = RecoverAsync(reason, _asked!);
        }

        async Task RecoverAsync(RelayReason reason, RelayConnection connection)
        {
            var link = whole._link;
            _closedInARow++;
            var canSimplify = whole._parts.Count < PartsMax && Plainer(filters).Count > 0;
            var (step, delay) = ClosedPolicy.Decide(
                reason.Word, _closedInARow, link.CanSignIn, canSimplify, Backoff.Dice());
            link.Noted(step, reason, delay);
            try
            {
                if (step == ClosedStep.Simplify)
                {
                    foreach (var part in whole.Replace(this)) await part.AskAsync(connection);
                    return;
                }

                if (delay > TimeSpan.Zero) await Task.Delay(delay, link.Clock, connection.Ended);
                if (step == ClosedStep.Authenticate) await link.SignInAsync(connection);
                await AskAsync(connection);
            }
            catch (OperationCanceledException)
            {
                // The connection ended: the next one asks anew.
            }
        }
    }
}
