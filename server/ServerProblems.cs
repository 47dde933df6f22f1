namespace PoA.Nostr.Server;

/// <summary>What can keep the program from starting, and what an operator does then.</summary>
public static class ServerProblems
{
    public static readonly Problem DatabaseMissing = new(
        "server/database-missing", 503, RecoveryAction.FixRequest,
        "No database is named: set ConnectionStrings__Postgres, or start everything by ./poa up.");

    public static readonly Problem DatabaseRefused = new(
        "server/database-refused", 503, RecoveryAction.FixRequest, "The database cannot be used.");

    public static readonly Problem RoleTooStrong = new(
        "server/role-too-strong", 503, RecoveryAction.FixRequest,
        "The service could write the books: give it a role of its own and name the owner's connection in "
        + "ConnectionStrings__PostgresOwner (docs/database.md).");

    public static readonly Problem SecretMissing = new(
        "server/secret-missing", 503, RecoveryAction.FixRequest,
        "A mainnet start needs its secrets from the environment or a file.");

    public static readonly Problem DevnetSecret = new(
        "server/devnet-secret", 503, RecoveryAction.FixRequest, "A secret made for a devnet never serves mainnet.");

    public static readonly Problem NetworkUnknown = new(
        "server/network-unknown", 400, RecoveryAction.FixRequest, "The network is devnet or mainnet.");

    public static readonly Problem RoleUnknown = new(
        "server/role-unknown", 400, RecoveryAction.FixRequest, "The role is devnet or all.");

    public static readonly Problem DoesNotStart = new(
        "server/does-not-start", 503, RecoveryAction.FixRequest, "A process did not become ready.");

    public static readonly Problem NotRunning = new(
        "server/not-running", 404, RecoveryAction.FixRequest, "Nothing runs on this data folder: ./poa up.");

    public static readonly Problem AlreadyUp = new(
        "server/already-up", 409, RecoveryAction.FixRequest, "Another ./poa up runs on this data folder.");

    public static readonly Problem Unhealthy = new(
        "server/unhealthy", 503, RecoveryAction.FixRequest, "Something is missing or unhealthy.");
}
