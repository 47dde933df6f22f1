using Microsoft.Extensions.Options;

namespace PoA.Nostr.Market.Agents;

/// <summary>
/// Capabilities, the words that people and APIs use, and request kinds, the numbers that NIP-90 uses. One stands for
/// one: configuration may add pairs, and may give a default's word or number to another partner.
/// </summary>
public sealed class KindMapper
{
    /// <summary>The pairs that everybody starts with.</summary>
    public static readonly IReadOnlyDictionary<string, int> Defaults = new Dictionary<string, int>
    {
        ["text-extraction"] = 5000,
        ["summarization"] = 5001,
        ["translation"] = 5002,
        ["text-generation"] = 5050,
        ["image-generation"] = 5100,
        ["text-to-speech"] = 5250,
        ["content-discovery"] = 5300,
        ["people-discovery"] = 5301,
        ["content-search"] = 5302,
        ["event-count"] = 5400,
        ["malware-scan"] = 5500,
    };

    readonly Dictionary<string, int> _kinds = new(Defaults, StringComparer.Ordinal);
    readonly Dictionary<int, string> _capabilities = [];

    public KindMapper(IOptions<MarketOptions> options)
        : this(options.Value.Capabilities)
    {
    }

    internal KindMapper(IReadOnlyDictionary<string, int> more)
    {
        foreach (var (capability, kind) in more)
        {
            if (Slug.Refuse(capability) is not null || !EventKinds.IsJobRequest(kind))
            {
                throw new ProblemException(AgentProblems.KindUnknown with { Detail = $"{capability} for {kind}." });
            }

            foreach (var other in _kinds.Where(pair => pair.Value == kind).ToList()) _kinds.Remove(other.Key);
            _kinds[capability] = kind;
        }

        foreach (var (capability, kind) in _kinds) _capabilities[kind] = capability;
    }

    /// <summary>Every pair.</summary>
    public IReadOnlyDictionary<string, int> All => _kinds;

    /// <summary>The request kind of a capability, or null.</summary>
    public int? Kind(string capability) => _kinds.TryGetValue(capability, out var kind) ? kind : null;

    /// <summary>The capability of a request kind, or null.</summary>
    public string? Capability(int kind) => _capabilities.GetValueOrDefault(kind);
}
