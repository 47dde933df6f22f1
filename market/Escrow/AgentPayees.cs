using PoA.Nostr.Market.Agents;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// The agents as LNURL sees them, and what a payment to one of them is for: a zap on a quote or a request pays that
/// job, one on a result accepts it, one with a comment hires; anything else is a gift.
/// </summary>
public sealed class AgentPayees(AgentDirectory agents, FindAnswered answered, IEnumerable<IHireByZap> hiring)
    : ILnurlPayees
{
    /// <summary>A zap on a result: the subject is the LNURL invoice, which names what was zapped.</summary>
    public const string AcceptPurpose = "accept";

    public LnurlPayee? Find(string slug) =>
        agents.All.FirstOrDefault(agent => agent.Slug == slug) is { } agent
            ? new(agent.Slug, agent.Name, agent.Pubkey)
            : null;

    public ISigner Signer(string pubkey) => agents.Signer(pubkey);

    public async Task<PaymentPurpose> PurposeAsync(LnurlOrder order, CancellationToken ct)
    {
        if (order.Zap?.Target is { } target && await answered.FindAsync(target, ct) is { } job)
        {
            return IsResult(job.Kind) ? new(AcceptPurpose, order.Id.ToString()) : new(QuoteWays.JobPurpose, job.Job);
        }

        foreach (var hire in hiring)
        {
            if (await hire.QuoteAsync(order, ct) is { } hired) return new(QuoteWays.JobPurpose, hired);
        }

        return new(ReceiveInvoice.GiftPurpose, order.Id.ToString());
    }

    static bool IsResult(int kind) => kind is >= 6_000 and < 7_000;
}
