using PoA.Nostr.Market.Agents;

namespace PoA.Nostr.Dvm;

/// <summary>What is addressed to agents of ours by a p tag.</summary>
static class AgentFilters
{
    public static IReadOnlyList<Filter> ToAgents(AgentDirectory agents, params int[] kinds) =>
        agents.Keys.Count == 0 ? [] :
        [
            new()
            {
                Kinds = kinds,
                Tags = new Dictionary<char, IReadOnlyList<string>>
                {
                    ['p'] = [.. agents.Keys],
                },
            },
        ];

    /// <summary>Key of the first agent of ours that is named, or null.</summary>
    public static string? Addressed(AgentDirectory agents, NostrEvent candidate) =>
        candidate.TagsNamed("p").Select(tag => tag[1]).FirstOrDefault(key => agents.Find(key) is not null);
}
