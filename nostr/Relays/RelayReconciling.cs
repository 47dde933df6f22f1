using System.Threading.Channels;

namespace PoA.Nostr.Relays;

/// <summary>How a comparison with a relay (NIP-77) ended.</summary>
public enum ReconciliationEnd
{
    /// <summary>It is known what the relay keeps and we do not.</summary>
    Done,
    /// <summary>The relay does not compare so many events at once, or we do not: a shorter time may do.</summary>
    TooMany,
    /// <summary>The relay does not answer it, or not as NIP-77 has it.</summary>
    Unsupported,
    /// <summary>The relay would not now, or there is no connection.</summary>
    Failed,
}

/// <summary>One comparison with one relay: NEG-OPEN, and NEG-MSG until nothing is left to ask.</summary>
sealed class RelayReconciling(Reconciliation ours, TimeProvider clock) : IRelayInbound
{
    /// <summary>Ids that one comparison may find; 6 MB of them.</summary>
    const int NeedMax = 100_000;
    const int RoundsMax = 1_000;

    /// <summary>One message or one end at a time: the relay speaks when it was asked.</summary>
    readonly Channel<(byte[]? Message, ReconciliationEnd End)> _answers =
        Channel.CreateBounded<(byte[]?, ReconciliationEnd)>(4);

    /// <summary>Ids that only the relay has, once it ended well.</summary>
    public HashSet<string> Need { get; } = new(StringComparer.Ordinal);

    public async Task<ReconciliationEnd> RunAsync(
        RelayConnection connection, string id, Filter filter, TimeSpan silenceMax, CancellationToken ct)
    {
        var opening = ClientMessages.Write(new ClientMessage.NegOpen(id, filter, ours.Open()));
        if (!await connection.OpenAsync(id, this, opening)) return ReconciliationEnd.Failed;
        try
        {
            for (var round = 0; round < RoundsMax; round++)
            {
                var (answer, end) = await _answers.Reader.ReadAsync(ct).AsTask().WaitAsync(silenceMax, clock, ct);
                if (answer is null) return end;

                var next = ours.Continue(answer, [], Need, out var problem);
                if (problem is not null) return ReconciliationEnd.Unsupported;
                if (next is null) return ReconciliationEnd.Done;
                if (Need.Count > NeedMax) return ReconciliationEnd.TooMany;
                await connection.SendAsync(ClientMessages.Write(new ClientMessage.NegMessage(id, next)));
            }

            return ReconciliationEnd.Unsupported;
        }
        catch (TimeoutException)
        {
            return ReconciliationEnd.Unsupported;
        }
        finally
        {
            await connection.CloseAsync(id, ClientMessages.Write(new ClientMessage.NegClose(id)));
        }
    }

    public void Reconciled(byte[] message) => _answers.Writer.TryWrite((message, ReconciliationEnd.Done));

    /// <summary>NEG-ERR is a failure, and "blocked" says that it would be too much at once.</summary>
    public void Closed(RelayReason reason) => _answers.Writer.TryWrite((null, reason.Word switch
    {
        RelayWord.Blocked => ReconciliationEnd.TooMany,
        RelayWord.Invalid or RelayWord.Unsupported => ReconciliationEnd.Unsupported,
        _ => ReconciliationEnd.Failed,
    }));

    /// <summary>A relay that does not know NEG-OPEN says so in a notice, which names nothing.</summary>
    public void Noticed() => _answers.Writer.TryWrite((null, ReconciliationEnd.Unsupported));

    public void Lost() => _answers.Writer.TryWrite((null, ReconciliationEnd.Failed));

    public ValueTask EventAsync(NostrEvent received) => ValueTask.CompletedTask;

    public void Eose()
    {
    }
}
