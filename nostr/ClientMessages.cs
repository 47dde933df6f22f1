using System.Text.Json;

namespace PoA.Nostr;

/// <summary>What a client says to a relay (NIP-01, NIP-42, NIP-45, NIP-77).</summary>
public abstract record ClientMessage
{
    public sealed record Publish(NostrEvent Event) : ClientMessage;

    public sealed record Request(string Subscription, IReadOnlyList<Filter> Filters) : ClientMessage;

    public sealed record Close(string Subscription) : ClientMessage;

    public sealed record Count(string Subscription, IReadOnlyList<Filter> Filters) : ClientMessage;

    public sealed record Auth(NostrEvent Event) : ClientMessage;

    /// <summary>The Negentropy message stands as bytes here: on the wire it is hex.</summary>
    public sealed record NegOpen(string Subscription, Filter Filter, byte[] Message) : ClientMessage;

    public sealed record NegMessage(string Subscription, byte[] Message) : ClientMessage;

    public sealed record NegClose(string Subscription) : ClientMessage;

    /// <summary>
    /// A message that cannot be followed, with all that an answer needs: its verb (EVENT, REQ …) and its subject, the
    /// subscription or the id that the event claims. Each is null where not even that could be read.
    /// </summary>
    public sealed record Unreadable(string? Verb, string? Subject, Problem Problem) : ClientMessage;
}

/// <summary>Client messages between UTF-8 and records. Reading is strict and never throws.</summary>
public static class ClientMessages
{
    public static ClientMessage Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Limits.ClientMessageBytesMax)
        {
            return new ClientMessage.Unreadable(null, null, MessageProblems.TooLarge);
        }

        string? verb = null, subject = null;
        try
        {
            var reader = new Utf8JsonReader(utf8);
            var message = Read(ref reader, utf8, ref verb, ref subject, out var problem);
            if (problem is null && Ends(ref reader)) return message!;

            return new ClientMessage.Unreadable(verb, subject, problem ?? Malformed("something follows its end"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new ClientMessage.Unreadable(verb, subject, Malformed("the JSON is broken"));
        }
    }

    static ClientMessage? Read(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, ref string? verb, ref string? subject,
        out Problem? problem)
    {
        verb = Verb(ref reader);
        if (verb is null)
        {
            problem = Malformed("it must be an array that begins with EVENT, REQ, CLOSE, COUNT, AUTH or NEG-*");
            return null;
        }

        if (verb is "EVENT" or "AUTH") return ReadEvent(ref reader, utf8, verb, ref subject, out problem);

        subject = Subscription(ref reader);
        if (subject is null)
        {
            problem = Malformed("a subscription id has 1 to 64 characters");
            return null;
        }

        problem = null;
        switch (verb)
        {
            case "REQ":
                return ReadFilters(ref reader, out problem) is { } asked
                    ? new ClientMessage.Request(subject, asked) : null;
            case "COUNT":
                return ReadFilters(ref reader, out problem) is { } counted
                    ? new ClientMessage.Count(subject, counted) : null;
            case "CLOSE":
                return new ClientMessage.Close(subject);
            case "NEG-CLOSE":
                return new ClientMessage.NegClose(subject);
            case "NEG-OPEN":
                reader.Read();
                if (FilterJson.Read(ref reader, out problem) is not { } filter) return null;
                return ReadBytes(ref reader, out problem) is { } opening
                    ? new ClientMessage.NegOpen(subject, filter, opening) : null;
            default:
                return ReadBytes(ref reader, out problem) is { } bytes
                    ? new ClientMessage.NegMessage(subject, bytes) : null;
        }
    }

    public static byte[] Write(ClientMessage message) => message switch
    {
        ClientMessage.Publish(var e) => WriteEvent("EVENT", e),
        ClientMessage.Auth(var e) => WriteEvent("AUTH", e),
        ClientMessage.Request(var subscription, var filters) => WriteFilters("REQ", subscription, filters),
        ClientMessage.Count(var subscription, var filters) => WriteFilters("COUNT", subscription, filters),
        ClientMessage.Close(var subscription) => JsonText.Strings("CLOSE", subscription),
        ClientMessage.NegOpen open => WriteOpening(open),
        ClientMessage.NegMessage(var subscription, var bytes) =>
            JsonText.Strings("NEG-MSG", subscription, Convert.ToHexStringLower(bytes)),
        ClientMessage.NegClose(var subscription) => JsonText.Strings("NEG-CLOSE", subscription),
        _ => throw new ArgumentException("An unreadable message is answered, not sent.", nameof(message)),
    };

    static string? Verb(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.String) return null;

        return reader.ValueTextEquals("EVENT"u8) ? "EVENT" :
            reader.ValueTextEquals("REQ"u8) ? "REQ" :
            reader.ValueTextEquals("CLOSE"u8) ? "CLOSE" :
            reader.ValueTextEquals("COUNT"u8) ? "COUNT" :
            reader.ValueTextEquals("AUTH"u8) ? "AUTH" :
            reader.ValueTextEquals("NEG-OPEN"u8) ? "NEG-OPEN" :
            reader.ValueTextEquals("NEG-MSG"u8) ? "NEG-MSG" :
            reader.ValueTextEquals("NEG-CLOSE"u8) ? "NEG-CLOSE" :
            null;
    }

    static ClientMessage? ReadEvent(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string verb, ref string? id, out Problem? problem)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var parsed = EventJson.Read(ref reader, out problem);
        if (parsed is not null && reader.BytesConsumed - start > Limits.EventBytesMax) problem = EventProblems.TooLarge;
        if (problem is not null)
        {
            id = parsed?.Id ?? ClaimedId(utf8[start..]);
            return null;
        }

        return verb == "EVENT" ? new ClientMessage.Publish(parsed!) : new ClientMessage.Auth(parsed!);
    }

    /// <summary>The id that a broken event claims, for the refusal to name. For the failing path only.</summary>
    static string? ClaimedId(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId)
            {
                var id = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                return Hex.Is32(id) ? id : null;
            }

            reader.Skip();
        }

        return null;
    }

    static string? Subscription(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String) return null;

        var subscription = reader.GetString()!;
        return subscription.Length is > 0 and <= Limits.SubscriptionCharsMax ? subscription : null;
    }

    static List<Filter>? ReadFilters(ref Utf8JsonReader reader, out Problem? problem)
    {
        List<Filter> filters = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (filters.Count == Limits.FiltersMax)
            {
                problem = Malformed($"it holds more than {Limits.FiltersMax} filters");
                return null;
            }

            if (FilterJson.Read(ref reader, out problem) is not { } filter) return null;
            filters.Add(filter);
        }

        problem = filters.Count == 0 ? Malformed("it needs at least one filter") : null;
        return problem is null ? filters : null;
    }

    static byte[]? ReadBytes(ref Utf8JsonReader reader, out Problem? problem)
    {
        var bytes = reader.Read() && reader.TokenType == JsonTokenType.String ? Hex.Decode(reader.GetString()) : null;
        problem = bytes is null ? Malformed("a Negentropy message is lower-case hex") : null;
        return bytes;
    }

    /// <summary>Whether the array closes here, and nothing follows it.</summary>
    static bool Ends(ref Utf8JsonReader reader)
    {
        var closed = (reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == 0)
            || (reader.Read() && reader.TokenType == JsonTokenType.EndArray);
        return closed && !reader.Read();
    }

    static byte[] WriteEvent(string verb, NostrEvent value) =>
        JsonText.Write(
            16 + EventJson.SizeMax(value), (verb, value),
            static (Span<byte> to, ref int at, (string Verb, NostrEvent Event) message) =>
            {
                JsonText.Open(to, ref at, message.Verb);
                EventJson.Write(to, ref at, message.Event);
                to[at++] = (byte)']';
            });

    static byte[] WriteFilters(string verb, string subscription, IReadOnlyList<Filter> filters) =>
        JsonText.Write(
            32 + JsonText.SizeMax(subscription) + filters.Sum(filter => 1 + FilterJson.SizeMax(filter)),
            (verb, subscription, filters),
            static (Span<byte> to, ref int at, (string Verb, string Sub, IReadOnlyList<Filter> Filters) message) =>
            {
                JsonText.Open(to, ref at, message.Verb);
                JsonText.Quoted(to, ref at, message.Sub);
                foreach (var filter in message.Filters)
                {
                    to[at++] = (byte)',';
                    FilterJson.Write(to, ref at, filter);
                }

                to[at++] = (byte)']';
            });

    static byte[] WriteOpening(ClientMessage.NegOpen open) =>
        JsonText.Write(
            64 + JsonText.SizeMax(open.Subscription) + FilterJson.SizeMax(open.Filter) + (open.Message.Length * 12),
            open,
            static (Span<byte> to, ref int at, ClientMessage.NegOpen open) =>
            {
                JsonText.Open(to, ref at, "NEG-OPEN");
                JsonText.Quoted(to, ref at, open.Subscription);
                to[at++] = (byte)',';
                FilterJson.Write(to, ref at, open.Filter);
                to[at++] = (byte)',';
                JsonText.Quoted(to, ref at, Convert.ToHexStringLower(open.Message));
                to[at++] = (byte)']';
            });

    static Problem Malformed(string detail) => MessageProblems.Malformed with { Detail = $"In this one {detail}." };
}
