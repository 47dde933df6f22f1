using Microsoft.Extensions.Logging;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;

namespace PoA.Nostr.Dvm;

/// <summary>
/// A customer reacts to a result (NIP-25): <c>+</c> accepts it and pays the agent, <c>-</c> pauses the payment, and a
/// second <c>-</c> with a reason after it opens a dispute. Only the word of whoever asked for the job counts.
/// </summary>
public sealed partial class HearReaction(
    AgentDirectory agents, FindAnswered answered, AcceptDelivery accept, DisputeDelivery dispute,
    ILogger<HearReaction> log) : IEventReceiver
{
    const int ReasonCharsMax = 1_000;

    public string Role => "jobs";

    public IReadOnlyList<Filter> Filters => AgentFilters.ToAgents(agents, Nip25Words.Kind);

    public bool Wants(NostrEvent candidate) => Nip25Words.Target(candidate) is not null && IsWord(candidate.Content);

    public async Task ReceiveAsync(VerifiedEvent received, CancellationToken ct)
    {
        var reaction = received.Event;
        var found = await answered.FindAsync(Nip25Words.Target(reaction)!, ct);
        if (found is null || !EventKinds.IsJobResult(found.Kind)) return;

        var problem = Nip25Words.Read(reaction) == Reaction.Like
            ? await accept.HandleAsync(found.Job, reaction.Pubkey, "reaction", ct)
            : await dispute.HandleAsync(found.Job, reaction.Pubkey, ReasonOf(reaction), ct);
        if (problem is not null) LogIgnored(reaction.Id, found.Job, problem.Code);
    }

    /// <summary>A heart or a laugh is no word about money.</summary>
    static bool IsWord(string content) => content is "+" || content.StartsWith('-');

    /// <summary>What is said after the minus.</summary>
    static string ReasonOf(NostrEvent reaction)
    {
        var reason = reaction.Content[1..].Trim();
        return reason.Length <= ReasonCharsMax ? reason : reason[..ReasonCharsMax];
    }

    [LoggerMessage(LogLevel.Debug, "Reaction {ReactionId} changes nothing about {JobId}: {Code}")]
    partial void LogIgnored(string reactionId, string jobId, string code);
}
