namespace PoA.Nostr.Fetch;

/// <summary>Where strangers' addresses may lead.</summary>
public sealed class FetchOptions
{
    public const string Section = "Fetch";

    /// <summary>
    /// Exact <c>host:port</c> pairs that strangers' addresses may name though they are not public: the devnet's.
    /// Empty in production.
    /// </summary>
    public string[] AllowedEndpoints { get; set; } = [];
}
