namespace PoA.Nostr;

/// <summary>The bounds of everything that comes from outside. A stranger can cost us this much and no more.</summary>
public static class Limits
{
    /// <summary>One event as JSON, in bytes.</summary>
    public const int EventBytesMax = 64 * 1024;

    /// <summary>Tags of one event that we accept at all; job requests have their own, smaller bound.</summary>
    public const int EventTagsMax = 2_000;

    /// <summary>Tags of a job request.</summary>
    public const int JobTagsMax = 64;

    /// <summary>Text handed to a job, in bytes, all inputs together.</summary>
    public const int JobInputBytesMax = 1024 * 1024;

    /// <summary>A result that travels inside an event, in bytes; a longer one goes to a blob.</summary>
    public const int InlineResultBytesMax = 32 * 1024;

    /// <summary>A result altogether, in bytes: what another job may take as its input.</summary>
    public const int OutputBytesMax = JobInputBytesMax;

    /// <summary>The highest kind that NIP-01 knows.</summary>
    public const int KindMax = 65_535;

    /// <summary>Relays one job may ask us to answer on.</summary>
    public const int AnswerRelaysMax = 10;

    /// <summary>One message from a client to a relay, in bytes.</summary>
    public const int ClientMessageBytesMax = 128 * 1024;

    /// <summary>One message from a relay, in bytes: a Negentropy answer in hex is the longest.</summary>
    public const int RelayMessageBytesMax = (1024 * 1024) + 256;

    /// <summary>A subscription id, in UTF-16 units (NIP-01).</summary>
    public const int SubscriptionCharsMax = 64;

    /// <summary>Filters of one REQ or COUNT.</summary>
    public const int FiltersMax = 100;

    /// <summary>Values of one condition of a filter.</summary>
    public const int FilterValuesMax = 2_000;

    /// <summary>A text that is encrypted or decrypted, in bytes of UTF-8.</summary>
    public const int PlaintextBytesMax = 1024 * 1024;
}
