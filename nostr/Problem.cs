namespace PoA.Nostr;

/// <summary>What the caller, most often a program, should do next.</summary>
public enum RecoveryAction
{
    /// <summary>Nothing happened. Send the same request again after the delay.</summary>
    RetryLater,
    /// <summary>It may have happened. Ask for the outcome before sending anything again.</summary>
    CheckOutcome,
    /// <summary>The request is wrong. Change it, then send it as a new one.</summary>
    FixRequest,
    /// <summary>Pay what the problem asks for, then send the same request again.</summary>
    Pay,
    /// <summary>Prove who you are, then send the same request again.</summary>
    Authenticate,
    /// <summary>We cannot do this. Another provider, relay or mint might.</summary>
    GoElsewhere,
    /// <summary>Refused for good. Sending it again will not help.</summary>
    GiveUp,
    /// <summary>A fault of ours. A person has to look, and the log holds the details.</summary>
    TellOperator,
}

/// <summary>
/// One thing that can go wrong, declared once in its feature's Problems file. A code is never renamed.
/// </summary>
public sealed record Problem(string Code, int HttpStatus, RecoveryAction Recovery, string Title)
{
    public string? Detail { get; init; }
    public TimeSpan? RetryAfter { get; init; }
    public Msat? Price { get; init; }

    /// <summary>What a person reads: the title, and the detail where there is one.</summary>
    public string Sentence => Detail is null ? Title : $"{Title} {Detail}";
}

/// <summary>Carries a problem to the edge (HTTP, relay, MCP, CLI), where it is translated once.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Sentence)
{
    public Problem Problem { get; } = problem;
}
