using System.Threading.Channels;
using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>
/// Many callers, one transaction: a single loop takes whatever is waiting, up to a bound, and commits it together, so
/// that one fsync serves them all. It never waits for a batch to fill: alone, a caller pays one transaction.
/// A batch that fails is split and tried again, so that one bad item fails alone.
/// </summary>
/// <typeparam name="TItem">What a caller hands in.</typeparam>
/// <typeparam name="TAnswer">What that caller gets back once the transaction is durable.</typeparam>
public sealed class GroupCommit<TItem, TAnswer> : IAsyncDisposable
{
    readonly NpgsqlDataSource _db;
    readonly GroupWork<TItem, TAnswer> _work;
    readonly int _batchMax;
    readonly Channel<Entry> _waiting;
    readonly CancellationTokenSource _stop = new();
    readonly Task _loop;

    /// <param name="db">Where the transactions run.</param>
    /// <param name="work">Does all items in the transaction given and returns an answer for each, in their order. It
    /// may run again for the same items after a failure, each time in a fresh transaction.</param>
    /// <param name="batchMax">Items in one transaction.</param>
    /// <param name="waitingMax">Items that may wait; beyond it <see cref="SubmitAsync"/> itself waits.</param>
    public GroupCommit(NpgsqlDataSource db, GroupWork<TItem, TAnswer> work, int batchMax = 256, int waitingMax = 4_096)
    {
        (_db, _work, _batchMax) = (db, work, batchMax);
        _waiting = Channel.CreateBounded<Entry>(new BoundedChannelOptions(waitingMax) { SingleReader = true });
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>
    /// Returns when the item is committed; throws what its own part of the work threw. Cancelling stops the waiting,
    /// not the work: an item that was taken in may still be committed.
    /// </summary>
    public async Task<TAnswer> SubmitAsync(TItem item, CancellationToken ct)
    {
        var entry = new Entry(item);
        await _waiting.Writer.WriteAsync(entry, ct);
        return await entry.Done.Task.WaitAsync(ct);
    }

    /// <summary>Refuses new items and commits those that wait; after ten seconds it gives up on them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_waiting.Writer.TryComplete()) return;

        _stop.CancelAfter(TimeSpan.FromSeconds(10));
        await _loop;
        _stop.Dispose();
    }

    async Task LoopAsync()
    {
        var batch = new List<Entry>(_batchMax);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < _batchMax && _waiting.Reader.TryRead(out var entry)) batch.Add(entry);
            await CommitAsync(batch);
            batch.Clear();
        }
    }

    async Task CommitAsync(List<Entry> batch)
    {
        try
        {
            var answers = await _db.InTransactionAsync(
                tx => _work(tx, batch.ConvertAll(entry => entry.Item), _stop.Token), _stop.Token);
            foreach (var (entry, answer) in batch.Zip(answers)) entry.Done.TrySetResult(answer);
            if (answers.Count != batch.Count) throw new InvalidOperationException("An answer for each item is due.");
        }
        catch (Exception e) when (batch.Count > 1 && MayHoldOneBadItem(e))
        {
            var half = batch.Count / 2;
            await CommitAsync(batch.GetRange(0, half));
            await CommitAsync(batch.GetRange(half, batch.Count - half));
        }
        catch (Exception e)
        {
            // Every caller learns what happened to its item; the loop itself goes on.
            foreach (var entry in batch) entry.Done.TrySetException(e);
        }
    }

    /// <summary>A lost connection is nobody's fault, and nobody knows what was committed: no second try.</summary>
    static bool MayHoldOneBadItem(Exception e) =>
        e is PostgresException { IsTransient: false } or not (NpgsqlException or OperationCanceledException)
        || e is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected };

    sealed class Entry(TItem item)
    {
        public TItem Item { get; } = item;

        public TaskCompletionSource<TAnswer> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What a group does in its one transaction: an answer for each item, in their order.</summary>
public delegate Task<IReadOnlyList<TAnswer>> GroupWork<in TItem, TAnswer>(
    NpgsqlTransaction tx, IReadOnlyList<TItem> items, CancellationToken ct);

/// <summary>A <see cref="GroupCommit{TItem,TAnswer}"/> whose callers only want to know that it is done.</summary>
public sealed class GroupCommit<TItem>(
    NpgsqlDataSource db, Func<NpgsqlTransaction, IReadOnlyList<TItem>, CancellationToken, Task> work,
    int batchMax = 256, int waitingMax = 4_096) : IAsyncDisposable
{
    readonly GroupCommit<TItem, bool> _group = new(
        db,
        async (tx, items, ct) =>
        {
            await work(tx, items, ct);
            return new bool[items.Count];
        },
        batchMax, waitingMax);

    public Task SubmitAsync(TItem item, CancellationToken ct) => _group.SubmitAsync(item, ct);

    public ValueTask DisposeAsync() => _group.DisposeAsync();
}
