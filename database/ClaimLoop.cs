namespace PoA.Nostr.Database;

/// <summary>
/// The loop of every worker that claims rows by lease: claim what there is up to the free places, work on each at
/// once, and when nothing is left sleep until the signal or the interval, whichever is first.
/// The claim is the feature's own statement (<c>for update skip locked</c>, setting <c>leased_until</c>), so that any
/// number of processes may run the loop on one database, and a crashed one's rows come free by themselves.
/// </summary>
/// <param name="claim">Leases up to so many rows and returns them.</param>
/// <param name="work">Does one; its exceptions are its own to handle. What escapes is handed to the next.</param>
/// <param name="failed">Told of what escaped from the claim or the work: the place to log.</param>
/// <param name="places">How many may run at once.</param>
/// <param name="interval">How long to sleep at most when nothing was there.</param>
public sealed class ClaimLoop<T>(
    Func<int, CancellationToken, Task<IReadOnlyList<T>>> claim, Func<T, CancellationToken, Task> work,
    Action<Exception> failed, int places, TimeSpan interval)
{
    /// <summary>Runs until cancelled, then waits for the work in hand, which is cancelled too.</summary>
    public async Task RunAsync(Signal wake, CancellationToken ct)
    {
        using var free = new SemaphoreSlim(places, places);
        try
        {
            while (true)
            {
                if (await ClaimAsync(free, ct) == 0) await wake.WaitAsync(interval, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            for (var place = 0; place < places; place++) await free.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>
    /// How many were claimed. Waits for a free place first, so that no lease runs while nobody works.
    /// </summary>
    async Task<int> ClaimAsync(SemaphoreSlim free, CancellationToken ct)
    {
        await free.WaitAsync(ct);
        var taken = 1;
        while (await free.WaitAsync(0, CancellationToken.None)) taken++;

        IReadOnlyList<T> claimed = [];
        try
        {
            claimed = await claim(taken, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failed(e);
        }
        finally
        {
            if (taken > claimed.Count) free.Release(taken - claimed.Count);
        }

        foreach (var one in claimed) _ = WorkAsync(free, one, ct);
        return claimed.Count;
    }

    async Task WorkAsync(SemaphoreSlim free, T one, CancellationToken ct)
    {
        // Yields first, so that work which never awaits cannot keep the claims waiting.
        await Task.Yield();
        try
        {
            await work(one, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failed(e);
        }
        catch (OperationCanceledException)
        {
            // The process stops, or the job was cancelled: the lease runs out by itself.
        }
        finally
        {
            free.Release();
        }
    }
}
