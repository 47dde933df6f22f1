using System.Buffers;
using System.Text.Json;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>What the relay says, as UTF-8 messages.</summary>
static class RelayFrames
{
    public static byte[] Ok(string id, bool accepted, string reason) => Array("OK", writer =>
    {
        writer.WriteStringValue(id);
        writer.WriteBooleanValue(accepted);
        writer.WriteStringValue(reason);
    });

    public static byte[] EndOfStored(string subId) => Array("EOSE", writer => writer.WriteStringValue(subId));

    public static byte[] Closed(string subId, string reason) => Array("CLOSED", writer =>
    {
        writer.WriteStringValue(subId);
        writer.WriteStringValue(reason);
    });

    public static byte[] Notice(string reason) => Array("NOTICE", writer => writer.WriteStringValue(reason));

    public static byte[] Auth(string challenge) => Array("AUTH", writer => writer.WriteStringValue(challenge));

    public static byte[] Count(string subId, int count) => Array("COUNT", writer =>
    {
        writer.WriteStringValue(subId);
        writer.WriteStartObject();
        writer.WriteNumber("count"u8, count);
        writer.WriteEndObject();
    });

    /// <summary>What stands before the event in a message: <c>["EVENT","…",</c>. A bracket closes it.</summary>
    public static byte[] EventHead(string subId)
    {
        var whole = Array("EVENT", writer => writer.WriteStringValue(subId));
        whole[^1] = (byte)',';
        return whole;
    }

    static byte[] Array(string verb, Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartArray();
        writer.WriteStringValue(verb);
        rest(writer);
        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
