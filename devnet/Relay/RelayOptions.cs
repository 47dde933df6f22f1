using System.ComponentModel.DataAnnotations;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>What the relay accepts and how much of it. The limits are advertised by NIP-11.</summary>
public sealed class RelayOptions
{
    /// <summary>The folder of the event log. Made when missing.</summary>
    [Required]
    public string Data { get; set; } = "data/devnet/relay";

    /// <summary>The most that the log may grow to, in bytes. Address space is reserved for it, memory is not.</summary>
    [Range(1L << 20, 1L << 40)]
    public long LogBytesMax { get; set; } = 1L << 34;

    /// <summary>How far ahead of our clock an event may be dated.</summary>
    public TimeSpan FutureMax { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How old an event may be when it arrives.</summary>
    public TimeSpan AgeMax { get; set; } = TimeSpan.FromDays(3 * 365);

    /// <summary>
    /// What is read of one message at all, in bytes. One above <see cref="Limits.ClientMessageBytesMax"/> is refused
    /// with a reason, one above this closes the connection.
    /// </summary>
    public const int MessageBytesMax = 1024 * 1024;

    /// <summary>One Negentropy message of ours, in bytes; it is twice as long in hex.</summary>
    public const int ReconciliationBytesMax = 256 * 1024;

    /// <summary>Subscriptions open on one connection.</summary>
    [Range(1, 10_000)]
    public int SubscriptionsMax { get; set; } = 256;

    /// <summary>The most events that one filter is answered with; a larger limit is clamped to it.</summary>
    [Range(1, 100_000)]
    public int LimitMax { get; set; } = 1_000;

    /// <summary>The limit of a filter that names none.</summary>
    [Range(1, 100_000)]
    public int LimitDefault { get; set; } = 500;

    /// <summary>The most events that one reconciliation (NIP-77) may cover.</summary>
    [Range(1, 10_000_000)]
    public int ReconciledMax { get; set; } = 500_000;

    /// <summary>Reconciliations open on one connection.</summary>
    [Range(1, 1_000)]
    public int ReconciliationsMax { get; set; } = 8;

    /// <summary>Bytes that wait for one slow client before it is disconnected.</summary>
    [Range(1 << 16, 1 << 30)]
    public int OutboundBytesMax { get; set; } = 32 * 1024 * 1024;

    /// <summary>Events of one connection that may be on their way to the disk; then its socket is not read.</summary>
    [Range(1, 10_000)]
    public int UncommittedMax { get; set; } = 512;

    /// <summary>Connections in total.</summary>
    [Range(1, 100_000)]
    public int ConnectionsMax { get; set; } = 2_000;

    /// <summary>Messages a second that one address may send on average; ten seconds' worth may come at once.</summary>
    [Range(1, 10_000_000)]
    public int MessagesPerSecond { get; set; } = 50;

    /// <summary>The same for a client on this machine.</summary>
    [Range(1, 10_000_000)]
    public int LoopbackMessagesPerSecond { get; set; } = 100_000;

    /// <summary>Silence after which a client is pinged; as long again without an answer, and it is let go.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Kinds that only an authenticated client may ask for by name (NIP-42).</summary>
    public IList<int> AuthenticatedKinds { get; } = [];
}
