using System.Text;
using System.Text.Json;

namespace PoA.Nostr.RelayWorkers;

/// <summary>An event as our tables keep it: verified before it was written.</summary>
static class StoredEvent
{
    /// <summary>Null when the row was tampered with.</summary>
    public static VerifiedEvent? Read(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return EventJson.Read(ref reader, out _) is { } stored ? VerifiedEvent.Trusted(stored) : null;
    }
}
