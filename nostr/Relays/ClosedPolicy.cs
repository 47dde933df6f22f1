namespace PoA.Nostr.Relays;

/// <summary>What to do with a wanted subscription that a relay has closed.</summary>
public enum ClosedStep
{
    /// <summary>Ask the same again after the delay.</summary>
    AskAgain,
    /// <summary>Sign in (NIP-42), then ask the same again.</summary>
    Authenticate,
    /// <summary>Ask in smaller or plainer pieces.</summary>
    Simplify,
    /// <summary>
    /// This relay does not serve this to us: it counts as deaf, and is asked again only after a long while.
    /// </summary>
    Refused,
}

/// <summary>
/// CLOSED as a state machine, by the word that the relay gave. A wanted subscription is never forgotten.
/// </summary>
public static class ClosedPolicy
{
    static readonly TimeSpan ErrorMin = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ErrorMax = TimeSpan.FromSeconds(60);
    static readonly TimeSpan RateMin = TimeSpan.FromSeconds(30);
    static readonly TimeSpan RateMax = TimeSpan.FromMinutes(10);
    static readonly TimeSpan AuthMax = TimeSpan.FromMinutes(5);
    static readonly TimeSpan RefusedAgain = TimeSpan.FromHours(1);

    /// <param name="word">The relay's word.</param>
    /// <param name="inARow">How many times it was closed since it was last served, this one included.</param>
    /// <param name="canAuthenticate">We have a key to sign in with, and have not just been refused with it.</param>
    /// <param name="canSimplify">The question can be put in smaller pieces.</param>
    /// <param name="dice">0 to 1.</param>
    public static (ClosedStep Step, TimeSpan Delay) Decide(
        RelayWord word, int inARow, bool canAuthenticate, bool canSimplify, double dice) => word switch
        {
            RelayWord.AuthRequired when canAuthenticate && inARow == 1 => (ClosedStep.Authenticate, TimeSpan.Zero),
            RelayWord.AuthRequired when canAuthenticate =>
                (ClosedStep.Authenticate, Growing(ErrorMin, AuthMax, inARow, dice)),
            RelayWord.AuthRequired => (ClosedStep.AskAgain, Growing(RateMin, AuthMax, inARow, dice)),
            RelayWord.RateLimited => (ClosedStep.AskAgain, Growing(RateMin, RateMax, inARow, dice)),
            RelayWord.Invalid or RelayWord.Unsupported when canSimplify => (ClosedStep.Simplify, TimeSpan.Zero),
            RelayWord.Invalid or RelayWord.Unsupported => (ClosedStep.Refused, RateMax),
            RelayWord.Blocked or RelayWord.Restricted or RelayWord.Pow => (ClosedStep.Refused, RefusedAgain),
            _ => (ClosedStep.AskAgain, Growing(ErrorMin, ErrorMax, inARow, dice)),
        };

    /// <summary>Doubles from the least to the most, and adds up to a quarter by chance.</summary>
    static TimeSpan Growing(TimeSpan min, TimeSpan max, int inARow, double dice)
    {
        var doubled = min * Math.Pow(2, Math.Min(inARow - 1, 20));
        return (doubled < max ? doubled : max) * (1 + (dice / 4));
    }
}
