using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using PoA.Nostr.Database;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// The events that this process holds the lease of, waiting or being handled: a bounded number of places. Whoever
/// leases a row reserves its place first, so that nothing is leased that nobody will come to.
/// </summary>
sealed class DeliveryQueue(IOptions<RelayWorkersOptions> options)
{
    readonly Channel<Delivery> _waiting = Channel.CreateBounded<Delivery>(options.Value.WaitingMax);
    readonly ConcurrentDictionary<string, Delivery> _held = new(StringComparer.Ordinal);
    int _free = options.Value.WaitingMax;

    /// <summary>Set when rows are due that no process was told about.</summary>
    public Signal Due { get; } = new();

    public ChannelReader<Delivery> Waiting => _waiting.Reader;

    /// <summary>Ids of all that is held, for renewing their leases.</summary>
    public string[] Held => [.. _held.Keys];

    /// <summary>How many of the places wanted are there; give back what is not used.</summary>
    public int Reserve(int wanted)
    {
        while (true)
        {
            var free = Volatile.Read(ref _free);
            var taken = Math.Min(free, wanted);
            if (Interlocked.CompareExchange(ref _free, free - taken, free) == free) return taken;
        }
    }

    public void Release(int places) => Interlocked.Add(ref _free, places);

    /// <summary>Takes a reserved place. An event that is held already gives its place back.</summary>
    public void Add(Delivery delivery)
    {
        if (!_held.TryAdd(delivery.Event.Event.Id, delivery) || !_waiting.Writer.TryWrite(delivery)) Release(1);
    }

    /// <summary>The event is no longer this process' business.</summary>
    public void Leave(string id)
    {
        if (_held.TryRemove(id, out _)) Release(1);
    }
}
