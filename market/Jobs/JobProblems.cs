namespace PoA.Nostr.Market.Jobs;

/// <summary>What can become of a job, whatever edge it came in by.</summary>
public static class JobProblems
{
    public static readonly Problem IllegalArrow = new(
        "job/illegal-arrow", 409, RecoveryAction.CheckOutcome, "The job cannot go from its state to that one.");

    public static readonly Problem ExecutorCrashed = new(
        "job/executor-crashed", 500, RecoveryAction.RetryLater, "The work crashed every time it was tried.");

    public static readonly Problem ExecutorAbsent = new(
        "job/executor-absent", 501, RecoveryAction.GoElsewhere, "Nobody here does this kind of work any more.");

    public static readonly Problem DeadlinePassed = new(
        "job/deadline-passed", 504, RecoveryAction.RetryLater, "The work was not done by its deadline.");

    public static readonly Problem Unpaid = new(
        "job/unpaid", 410, RecoveryAction.FixRequest, "The job was not paid in time: send a new request.");

    public static readonly Problem OutputRefused = new(
        "job/output-refused", 500, RecoveryAction.RetryLater, "The output failed its own check and is not delivered.");

    public static readonly Problem OutputTooLarge = new(
        "job/output-too-large", 413, RecoveryAction.FixRequest, "The output is larger than an answer can carry.");

    public static readonly Problem Cancelled = new(
        "job/cancelled", 410, RecoveryAction.GiveUp, "The customer cancelled the job.");

    public static readonly Problem OverCapacity = new(
        "job/over-capacity", 503, RecoveryAction.RetryLater, "There is more work here than we can take on now.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };
}
