namespace PoA.Nostr;

/// <summary>Authentication of clients to relays (NIP-42): kind 22242, never stored, within ten minutes.</summary>
public static class Nip42Words
{
    public const int Kind = 22_242;
    const int SkewSecondsMax = 600;

    /// <summary>What a client signs after a challenge.</summary>
    /// <param name="relay">The address as it was dialled.</param>
    /// <param name="challenge">As the relay sent it.</param>
    /// <param name="createdAt">Now, in Unix seconds.</param>
    public static EventTemplate Answer(string relay, string challenge, long createdAt) =>
        new(Kind, createdAt, [["relay", relay], ["challenge", challenge]], "");

    /// <summary>Null when the event, verified already, answers this challenge at this relay, now.</summary>
    public static Problem? Refuse(NostrEvent value, Uri relay, string challenge, DateTimeOffset now) =>
        value.Kind != Kind ? AuthProblems.WrongKind :
        Math.Abs((decimal)value.CreatedAt - now.ToUnixTimeSeconds()) > SkewSecondsMax ? AuthProblems.WrongTime :
        value.Tag("challenge") != challenge ? AuthProblems.WrongChallenge :
        !IsSame(value.Tag("relay"), relay) ? AuthProblems.WrongPlace :
        null;

    /// <summary>Host and port decide: paths and trailing slashes differ among clients.</summary>
    static bool IsSame(string? stated, Uri relay) =>
        Uri.TryCreate(stated, UriKind.Absolute, out var uri)
        && uri.Scheme is "ws" or "wss" && uri.IdnHost == relay.IdnHost && uri.Port == relay.Port;
}
