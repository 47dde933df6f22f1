using System.Text.Json;

namespace PoA.Nostr;

/// <summary>What a relay says to a client (NIP-01, NIP-42, NIP-45, NIP-77).</summary>
public abstract record RelayMessage
{
    public sealed record Delivery(string Subscription, NostrEvent Event) : RelayMessage;

    /// <summary>The reason is a one-word prefix, a colon and a sentence; it may be empty when accepted.</summary>
    public sealed record Ok(string EventId, bool Accepted, string Reason) : RelayMessage;

    /// <summary>EOSE: what follows on this subscription is new.</summary>
    public sealed record EndOfStored(string Subscription) : RelayMessage;

    public sealed record Closed(string Subscription, string Reason) : RelayMessage;

    public sealed record Notice(string Text) : RelayMessage;

    /// <summary>NIP-45. Registers let the answers of several relays be put together.</summary>
    public sealed record Count(
        string Subscription, long Value, bool Approximate = false, HyperLogLog? Registers = null) : RelayMessage;

    public sealed record Challenge(string Value) : RelayMessage;

    /// <summary>The Negentropy message stands as bytes here: on the wire it is hex.</summary>
    public sealed record NegMessage(string Subscription, byte[] Message) : RelayMessage;

    public sealed record NegError(string Subscription, string Reason) : RelayMessage;

    /// <summary>Not one of the above, or broken.</summary>
    public sealed record Unreadable(Problem Problem) : RelayMessage;
}

/// <summary>
/// Relay messages between UTF-8 and records. Reading never throws; it overlooks what foreign relays add behind the
/// elements that we know, and takes an OK or CLOSED without a reason.
/// </summary>
public static class RelayMessages
{
    public static RelayMessage Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Limits.RelayMessageBytesMax) return new RelayMessage.Unreadable(MessageProblems.TooLarge);

        try
        {
            var reader = new Utf8JsonReader(utf8);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartArray
                && reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                var message = Read(ref reader);
                if (message is RelayMessage.Unreadable || Ends(ref reader)) return message;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }

        return Unreadable("the JSON is broken");
    }

    static RelayMessage Read(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("EVENT"u8)) return ReadEvent(ref reader);
        if (reader.ValueTextEquals("OK"u8)) return ReadOk(ref reader);
        if (reader.ValueTextEquals("COUNT"u8)) return Nip45Words.Read(ref reader);
        if (reader.ValueTextEquals("NEG-MSG"u8))
        {
            return Text(ref reader) is { } id && Hex.Decode(Text(ref reader)) is { } bytes
                ? new RelayMessage.NegMessage(id, bytes)
                : Unreadable("a Negentropy message is lower-case hex");
        }

        var isEnd = reader.ValueTextEquals("EOSE"u8);
        var isNotice = reader.ValueTextEquals("NOTICE"u8);
        var isChallenge = reader.ValueTextEquals("AUTH"u8);
        var isClosed = reader.ValueTextEquals("CLOSED"u8);
        if (!isEnd && !isNotice && !isChallenge && !isClosed && !reader.ValueTextEquals("NEG-ERR"u8))
        {
            return Unreadable("the first word is none that we know");
        }

        if (Text(ref reader) is not { } first) return Unreadable("the second element must be a string");

        return isEnd ? new RelayMessage.EndOfStored(first) :
            isNotice ? new RelayMessage.Notice(first) :
            isChallenge ? new RelayMessage.Challenge(first) :
            isClosed ? new RelayMessage.Closed(first, Text(ref reader) ?? "") :
            new RelayMessage.NegError(first, Text(ref reader) ?? "");
    }

    public static byte[] Write(RelayMessage message) => message switch
    {
        RelayMessage.Delivery(var subscription, var e) => WriteEvent(subscription, EventJson.Write(e)),
        RelayMessage.Ok ok => WriteOk(ok),
        RelayMessage.EndOfStored(var subscription) => JsonText.Strings("EOSE", subscription),
        RelayMessage.Closed(var subscription, var reason) => JsonText.Strings("CLOSED", subscription, reason),
        RelayMessage.Notice(var text) => JsonText.Strings("NOTICE", text),
        RelayMessage.Challenge(var challenge) => JsonText.Strings("AUTH", challenge),
        RelayMessage.Count count => Nip45Words.Write(count),
        RelayMessage.NegMessage(var subscription, var bytes) =>
            JsonText.Strings("NEG-MSG", subscription, Convert.ToHexStringLower(bytes)),
        RelayMessage.NegError(var subscription, var reason) => JsonText.Strings("NEG-ERR", subscription, reason),
        _ => throw new ArgumentException("An unreadable message is not sent on.", nameof(message)),
    };

    /// <summary>An EVENT around an event that is JSON already, so that a fan-out writes each event once.</summary>
    public static byte[] WriteEvent(string subscription, ReadOnlySpan<byte> eventJson)
    {
        Span<byte> head = stackalloc byte[16 + JsonText.SizeMax(Limits.SubscriptionCharsMax)];
        if (subscription.Length > Limits.SubscriptionCharsMax) head = new byte[16 + JsonText.SizeMax(subscription)];
        var at = 0;
        JsonText.Open(head, ref at, "EVENT");
        JsonText.Quoted(head, ref at, subscription);
        head[at++] = (byte)',';
        return [.. head[..at], .. eventJson, (byte)']'];
    }

    static RelayMessage ReadEvent(ref Utf8JsonReader reader)
    {
        if (Text(ref reader) is not { } subscription) return Unreadable("an EVENT names its subscription");

        reader.Read();
        return EventJson.Read(ref reader, out var problem) is { } parsed
            ? new RelayMessage.Delivery(subscription, parsed)
            : new RelayMessage.Unreadable(problem!);
    }

    static RelayMessage ReadOk(ref Utf8JsonReader reader)
    {
        if (Text(ref reader) is not { } id || !Hex.Is32(id)) return Unreadable("an OK names its event");
        if (!reader.Read() || reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            return Unreadable("an OK says true or false");
        }

        var accepted = reader.TokenType == JsonTokenType.True;
        return new RelayMessage.Ok(id, accepted, Text(ref reader) ?? "");
    }

    /// <summary>The next element when it is a string. Null, and the reader at the end, when none follows.</summary>
    internal static string? Text(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.EndArray && reader.Read() && reader.TokenType == JsonTokenType.String
            ? reader.GetString()
            : null;

    /// <summary>Steps over whatever a relay added; true when the array closes and nothing follows it.</summary>
    static bool Ends(ref Utf8JsonReader reader)
    {
        while (reader.CurrentDepth > 0 || reader.TokenType != JsonTokenType.EndArray)
        {
            if (!reader.Read()) return false;
        }

        return !reader.Read();
    }

    static byte[] WriteOk(RelayMessage.Ok ok) =>
        JsonText.Write(
            32 + JsonText.SizeMax(ok.EventId) + JsonText.SizeMax(ok.Reason), ok,
            static (Span<byte> to, ref int at, RelayMessage.Ok ok) =>
            {
                JsonText.Open(to, ref at, "OK");
                JsonText.Quoted(to, ref at, ok.EventId);
                JsonText.Raw(to, ref at, ok.Accepted ? ",true,"u8 : ",false,"u8);
                JsonText.Quoted(to, ref at, ok.Reason);
                to[at++] = (byte)']';
            });

    internal static RelayMessage.Unreadable Unreadable(string detail) =>
        new(MessageProblems.Malformed with { Detail = $"In this one {detail}." });
}
