using System.Buffers;
using System.Text.Json;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>The information document (NIP-11): what the relay can do, and its limits.</summary>
static class RelayInformation
{
    public const string MediaType = "application/nostr+json";
    static readonly int[] Nips = [1, 9, 11, 40, 42, 45, 70, 77];

    public static byte[] Write(RelayOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("name", "PoA.Nostr devnet");
        writer.WriteString("description", "A relay for development, on this machine alone.");
        writer.WriteString("software", "PoA.Nostr");
        writer.WriteString("version", typeof(RelayInformation).Assembly.GetName().Version!.ToString(3));
        writer.WriteStartArray("supported_nips");
        foreach (var nip in Nips) writer.WriteNumberValue(nip);
        writer.WriteEndArray();
        writer.WriteStartObject("limitation");
        writer.WriteNumber("max_message_length", Limits.ClientMessageBytesMax);
        writer.WriteNumber("max_event_length", Limits.EventBytesMax);
        writer.WriteNumber("max_subscriptions", options.SubscriptionsMax);
        writer.WriteNumber("max_filters", Limits.FiltersMax);
        writer.WriteNumber("max_limit", options.LimitMax);
        writer.WriteNumber("default_limit", options.LimitDefault);
        writer.WriteNumber("max_subid_length", Limits.SubscriptionCharsMax);
        writer.WriteNumber("max_event_tags", Limits.EventTagsMax);
        writer.WriteNumber("created_at_lower_limit", (long)options.AgeMax.TotalSeconds);
        writer.WriteNumber("created_at_upper_limit", (long)options.FutureMax.TotalSeconds);
        writer.WriteBoolean("auth_required", false);
        writer.WriteBoolean("payment_required", false);
        writer.WriteBoolean("restricted_writes", false);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
