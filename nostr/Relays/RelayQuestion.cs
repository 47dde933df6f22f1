namespace PoA.Nostr.Relays;

/// <summary>One question that is asked once: its events go to a taker, and its end can be awaited.</summary>
sealed class RelayQuestion(Func<NostrEvent, ValueTask> takeAsync, TimeProvider clock) : IRelayInbound
{
    readonly TaskCompletionSource<(AnswerEnd, RelayReason)> _end =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    long _heardAt = clock.GetTimestamp();
    int _taking;

    /// <summary>Waits for the end, or until nothing has come for the time given.</summary>
    public async Task<(AnswerEnd End, RelayReason Reason)> EndAsync(TimeSpan silenceMax, CancellationToken ct)
    {
        var left = silenceMax;
        while (true)
        {
            try
            {
                return await _end.Task.WaitAsync(left, clock, ct);
            }
            catch (TimeoutException)
            {
                // Our own slowness in taking events is no silence of the relay's.
                left = silenceMax - clock.GetElapsedTime(Volatile.Read(ref _heardAt));
                if (Volatile.Read(ref _taking) > 0) left = silenceMax;
                if (left <= TimeSpan.Zero) return (AnswerEnd.TimedOut, default);
            }
        }
    }

    public async ValueTask EventAsync(NostrEvent received)
    {
        Volatile.Write(ref _taking, 1);
        await takeAsync(received);
        Volatile.Write(ref _taking, 0);
        Volatile.Write(ref _heardAt, clock.GetTimestamp());
    }

    public void Eose() => _end.TrySetResult((AnswerEnd.Eose, default));

    public void Closed(RelayReason reason) => _end.TrySetResult((AnswerEnd.Closed, reason));

    public void Lost() => _end.TrySetResult((AnswerEnd.Disconnected, default));

    public void Reconciled(byte[] message)
    {
    }
}
