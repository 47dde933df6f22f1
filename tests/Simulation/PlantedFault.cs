namespace PoA.Nostr.Tests.Simulation;

/// <summary>What can be made wrong in the simulated service, to see that the simulator notices.</summary>
public enum PlantedFault
{
    None,

    /// <summary>What is posted has no id of its cause, so that the same again is posted again.</summary>
    ReplayPostsAgain,

    /// <summary>The money of a failed job leaves its escrow, and nobody is owed it.</summary>
    RefundIsLost,

    /// <summary>The platform takes a sat more than its share.</summary>
    FeeIsOffByOne,

    /// <summary>A job is locked and its price is not.</summary>
    LockMovesNothing,

    /// <summary>A job is changed by whoever read it before somebody else changed it.</summary>
    GuardIsMissing,

    /// <summary>Work that nobody finishes is never given up.</summary>
    DeadlineIsForgotten,

    /// <summary>What a dead process had begun is not taken up.</summary>
    CrashIsForgotten,

    /// <summary>An operation that ended is ended again by a second answer.</summary>
    AnswerCreditsTwice,

    /// <summary>A swap without an answer is taken for failed.</summary>
    UnknownIsFailure,

    /// <summary>A payment without an answer is taken for failed.</summary>
    UnknownPaymentFailed,
}
