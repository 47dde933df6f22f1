namespace PoA.Nostr;

/// <summary>What can be wrong with an encrypted text. None says more than a stranger may know.</summary>
public static class EncryptionProblems
{
    public static readonly Problem WrongKey = new(
        "encryption/wrong-key", 400, RecoveryAction.FixRequest, "The other key is not a point of secp256k1.");

    public static readonly Problem UnknownVersion = new(
        "encryption/unknown-version", 400, RecoveryAction.FixRequest, "The encryption version is none that we know.");

    public static readonly Problem Garbled = new(
        "encryption/garbled", 400, RecoveryAction.FixRequest, "The text was not encrypted between these two keys.");

    public static readonly Problem WrongSize = new(
        "encryption/wrong-size", 413, RecoveryAction.FixRequest, "The text is empty or longer than we encrypt.");

    public static readonly Problem NotText =
        new("encryption/not-text", 400, RecoveryAction.FixRequest, "The text is not well-formed Unicode.");

    public static readonly Problem TooManyReceivers = new(
        "encryption/too-many-receivers", 400, RecoveryAction.FixRequest, "The message has more receivers than ten.");

    public static readonly Problem NoMessage = new(
        "encryption/no-message", 400, RecoveryAction.FixRequest, "The wrap opens, and what it holds is no message.");
}
