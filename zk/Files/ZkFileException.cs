namespace PoA.Nostr.Zk.Files;

/// <summary>A file is not what it says. The message is one sentence for the person who gave it.</summary>
public sealed class ZkFileException(string message) : Exception(message);
