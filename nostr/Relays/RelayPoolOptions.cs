namespace PoA.Nostr.Relays;

/// <summary>How patient the pool is. The defaults suit the public network; nobody needs to touch them.</summary>
public sealed class RelayPoolOptions
{
    /// <summary>TCP, TLS and the WebSocket handshake together.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>From handing over an event to its OK.</summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Events that wait for one relay's OK at one time; further ones are answered at once, so that a relay that hangs
    /// costs no memory.
    /// </summary>
    public int PublishesMax { get; set; } = 2_048;

    /// <summary>The longest silence in the middle of an answer to a question.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The least wait before a relay that went away is dialled again.</summary>
    public TimeSpan RetryMin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most: a relay of ours is tried at least once a minute, for ever.</summary>
    public TimeSpan RetryMax { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection that lived this long resets the waits.</summary>
    public TimeSpan WellAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// After so much silence a question is asked only to hear an answer, since some proxies answer pings.
    /// </summary>
    public TimeSpan ProbeAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A stranger's relay that nobody needed for so long is left.</summary>
    public TimeSpan StrangerIdle { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Strangers' relays that are dialled at one time.</summary>
    public int StrangersMax { get; set; } = 200;
}
