namespace PoA.Nostr.Cli;

/// <summary>What can go wrong in <c>poa zk</c>; each ends in one line and the exit code of its recovery
/// action.</summary>
static class ZkProblems
{
    public static readonly Problem NoSuchCircuit =
        new("zk/no-such-circuit", 404, RecoveryAction.FixRequest, "There is no such circuit.");

    public static readonly Problem BadFile =
        new("zk/bad-file", 422, RecoveryAction.FixRequest, "A file cannot be used.");

    public static readonly Problem BadInput =
        new("zk/bad-input", 422, RecoveryAction.FixRequest, "The input cannot be proved.");

    public static readonly Problem WrongKey =
        new("zk/wrong-key", 422, RecoveryAction.FixRequest, "The key does not belong here.");

    public static readonly Problem DevelopmentKey = new(
        "zk/development-key", 403, RecoveryAction.GiveUp,
        "This is a development key: whoever made it can forge proofs, so it is refused in production.");

    public static readonly Problem SetupRefused =
        new("zk/setup-refused", 403, RecoveryAction.GiveUp, "The key did not come out of this ceremony.");

    public static readonly Problem ProofRefused =
        new("zk/proof-refused", 403, RecoveryAction.GiveUp, "The proof is refused.");
}
