namespace PoA.Nostr.Market.Agents;

public static class AgentProblems
{
    public static readonly Problem SlugMalformed =
        new("agents/slug-malformed", 400, RecoveryAction.FixRequest, "This cannot be an agent's slug.");

    public static readonly Problem MasterKeyMissing = new(
        "agents/master-key-missing", 500, RecoveryAction.TellOperator,
        "Agents' keys are sealed: give the 32-byte master key in hex as Market__MasterKey.");

    public static readonly Problem SecretUnreadable = new(
        "agents/secret-unreadable", 500, RecoveryAction.TellOperator,
        "A sealed key does not open: the master key is another one, or the row was altered or moved.");

    public static readonly Problem KindUnknown =
        new("agents/kind-unknown", 400, RecoveryAction.FixRequest, "No capability stands for this kind, or the reverse.");
}
