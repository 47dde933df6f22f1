using System.Diagnostics.Metrics;

namespace PoA.Nostr.RelayWorkers;

/// <summary>What the workers count.</summary>
static class RelayWorkersTelemetry
{
    static readonly Meter Meter = new("PoA.Nostr.RelayWorkers");

    public static readonly Counter<long> Received =
        Meter.CreateCounter<long>("relay.event.received", "{event}", "Events that verified and were not known.");

    public static readonly Counter<long> Forged =
        Meter.CreateCounter<long>("relay.event.forged", "{event}", "Events whose id or signature fails.");

    public static readonly Counter<long> Handled =
        Meter.CreateCounter<long>("relay.event.handled", "{event}", "Events that are handled for good.");

    public static readonly Counter<long> Sent =
        Meter.CreateCounter<long>("relay.event.sent", "{event}", "Events of ours that at least one relay took.");
}
