using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Dvm;

/// <summary>
/// Hire by zap: a wallet that knows no NIP-90 zaps an agent, and its comment is the input of a job. The zap request
/// stands for the job request: the job has its id, and is answered like any other, on the relays that it names. Which
/// kind it is, is decided by what the agent sells for this amount and what the comment is good for; a comment that is
/// good for nothing, or pays for nothing, is a kind word with a gift.
/// </summary>
public sealed class HireByZap(
    IEnumerable<JobKind> kinds, AgentDirectory agents, OpenRequest open, AcceptJob accept, PayJob pay,
    TimeProvider clock) : IHireByZap
{
    readonly IReadOnlyList<JobKind> _kinds = [.. kinds.OrderBy(kind => kind.Kind)];

    public async Task<string?> QuoteAsync(LnurlOrder order, CancellationToken ct)
    {
        if (order.Zap is not { Target: null } zap || string.IsNullOrWhiteSpace(zap.Comment)) return null;
        if (agents.Find(order.Payee) is not { } agent) return null;

        foreach (var kind in _kinds.Where(kind => IsPaidBy(agent, kind, order.Amount)))
        {
            var received = NostrEdge.Received(zap.Event, agent, clock.GetUtcNow()) with
            {
                Kind = kind.Kind,
                Price = agent.Prices[kind.Kind],
            };
            if (!await IsGoodForAsync(kind, received, zap.Event, ct)) continue;

            // Nothing is said before it is paid: the zapper has an invoice already.
            await accept.QuoteAsync(pay.WithTerms(received, agent), quote: null, problem: null, ct);
            return received.Id;
        }

        return null;
    }

    static bool IsPaidBy(Agent agent, JobKind kind, Msat amount) =>
        agent.Prices.TryGetValue(kind.Kind, out var price) && price > Msat.Zero && price <= amount;

    async Task<bool> IsGoodForAsync(JobKind kind, Job received, NostrEvent zap, CancellationToken ct)
    {
        try
        {
            var work = await open.HandleAsync(zap, received.Agent, received.ReceivedAt + kind.Deadline, ct);
            return kind.Refuse(work with { Kind = kind.Kind }) is null;
        }
        catch (ProblemException)
        {
            return false;
        }
    }
}
