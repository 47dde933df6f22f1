namespace PoA.Nostr.Market.Agents;

public static class AgentProblems
{
    public static readonly Problem SlugMalformed =
        new("agent/slug-malformed", 400, RecoveryAction.FixRequest, "This cannot be an agent's slug.");

    public static readonly Problem MasterKeyMissing = new(
        "agent/master-key-missing", 500, RecoveryAction.TellOperator,
        "Agents' keys are sealed: give the 32-byte master key in hex as Market__MasterKey.");

    public static readonly Problem SecretUnreadable = new(
        "agent/secret-unreadable", 500, RecoveryAction.TellOperator,
        "A sealed key does not open: the master key is another one, or the row was altered or moved.");

    public static readonly Problem KindUnknown =
        new("agent/kind-unknown", 400, RecoveryAction.FixRequest, "This cannot be a capability and its request kind.");
}
