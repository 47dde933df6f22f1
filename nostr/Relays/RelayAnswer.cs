namespace PoA.Nostr.Relays;

/// <summary>What became of one event at one relay.</summary>
public enum RelayOutcome
{
    /// <summary>OK true, or a duplicate of what it has.</summary>
    Accepted,
    /// <summary>OK false.</summary>
    Refused,
    /// <summary>Not connected, no OK in time, or cut off before it: it may have arrived.</summary>
    NoAnswer,
}

/// <summary>One relay's answer to one event.</summary>
public sealed record RelayAnswer(string Relay, RelayOutcome Outcome, RelayReason Reason)
{
    /// <summary>Sending the same event to the same relay again may help.</summary>
    public bool WorthRetrying => Outcome == RelayOutcome.NoAnswer || (Outcome == RelayOutcome.Refused
        && Reason.Word is RelayWord.RateLimited or RelayWord.Error or RelayWord.None or RelayWord.AuthRequired);
}

/// <summary>How a question to a relay ended.</summary>
public enum AnswerEnd
{
    /// <summary>The relay said that all it keeps has been sent.</summary>
    Eose,
    /// <summary>The relay closed the question; the reason says why.</summary>
    Closed,
    /// <summary>Silence for too long.</summary>
    TimedOut,
    /// <summary>There is no connection, or it broke.</summary>
    Disconnected,
}
