using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// Who answers a request. A named agent of ours does; of an open job one agent of the kind, never a chorus: within the
/// bid, with the least to do, and among equals each in its turn by the request's own id, so that every process here
/// chooses alike and nobody can push in.
/// </summary>
public sealed class ChooseAgent(AgentDirectory agents, JobsInHand inHand)
{
    /// <summary>Whether it is addressed to an agent of ours, or to anybody.</summary>
    public bool IsForUs(NostrEvent request) =>
        !request.HasTag("p") || request.TagsNamed("p").Any(tag => agents.Find(tag[1]) is not null);

    /// <summary>Null when nobody here is meant or nobody sells the kind.</summary>
    public Agent? For(NostrEvent request)
    {
        if (!request.HasTag("p"))
        {
            var bid = Nip90Words.ReadRequest(request.Tags, "").Bid;
            return Among(agents.Selling(request.Kind), request.Kind, bid, inHand.Load, request.Id);
        }

        List<Agent> named = [.. request.TagsNamed("p").Select(tag => agents.Find(tag[1])).OfType<Agent>()];
        return named.Find(agent => agent.Prices.ContainsKey(request.Kind)) ?? named.FirstOrDefault();
    }

    /// <param name="selling">Those of the kind.</param>
    /// <param name="kind">The request kind.</param>
    /// <param name="bid">The most that the customer would pay; null names none.</param>
    /// <param name="load">Jobs that an agent has in hand.</param>
    /// <param name="requestId">For the turn.</param>
    /// <returns>Null when nobody sells the kind. Where all are dearer than the bid, the cheapest, to say so.</returns>
    internal static Agent? Among(
        IReadOnlyList<Agent> selling, int kind, Msat? bid, Func<string, int> load, string requestId)
    {
        if (selling.Count <= 1) return selling.FirstOrDefault();

        List<Agent> affordable = [.. selling.Where(agent => bid is null || agent.Prices[kind] <= bid)];
        return affordable.Count > 0
            ? affordable.MinBy(agent => (load(agent.Pubkey), Turn(requestId, agent)))
            : selling.MinBy(agent => agent.Prices[kind]);
    }

    /// <summary>Rendezvous hashing: evenly spread, the same everywhere.</summary>
    static long Turn(string requestId, Agent agent) =>
        BitConverter.ToInt64(SHA256.HashData(Encoding.ASCII.GetBytes(requestId + agent.Pubkey)));
}
