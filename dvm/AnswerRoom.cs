namespace PoA.Nostr.Dvm;

/// <summary>What an answer may weigh so that every relay that is to carry it takes it (NIP-11).</summary>
/// <param name="EventBytes">Of the whole event.</param>
/// <param name="ContentChars">Of its content.</param>
public sealed record AnswerRoom(long EventBytes, long ContentChars)
{
    /// <summary>What stands around an event in a client's message: <c>["EVENT",…]</c>.</summary>
    const int FrameBytes = 10;

    /// <summary>What we send ourselves.</summary>
    public static AnswerRoom Ours { get; } = new(Limits.EventBytesMax, Limits.EventBytesMax);

    /// <summary>The least of what these relays take; one that says nothing takes anything.</summary>
    public static AnswerRoom Of(IEnumerable<RelayLimitation?> relays) =>
        relays.OfType<RelayLimitation>().Aggregate(Ours, (room, relay) => room.Within(relay));

    public bool Holds(NostrEvent said) =>
        said.Content.Length <= ContentChars && EventJson.Write(said).Length <= EventBytes;

    AnswerRoom Within(RelayLimitation relay)
    {
        var message = (relay.MaxMessageLength ?? long.MaxValue) - FrameBytes;
        var whole = Math.Min(message, relay.MaxEventLength ?? long.MaxValue);
        var content = relay.MaxContentLength ?? long.MaxValue;
        return new(Math.Min(EventBytes, whole), Math.Min(ContentChars, content));
    }
}
